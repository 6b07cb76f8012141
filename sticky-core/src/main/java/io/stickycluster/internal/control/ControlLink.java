package io.stickycluster.internal.control;

import java.util.concurrent.CompletionStage;

/** The master's end of one worker's control link. Safe for use by several threads. */
public interface ControlLink {

  /**
   * Sends a frame after those sent before.
   *
   * @return completes when the frame is written; fails if the link is closed or too far behind
   */
  CompletionStage<?> send(Frame frame);

  /** Says whose link this is, once its token is known, so that messages can be relayed to it. */
  void assign(int index, long id);

  /** Closes the link; idempotent. */
  void close();
}
