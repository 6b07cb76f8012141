package io.stickycluster;

import java.util.concurrent.CompletionStage;

/**
 * Sends and takes messages between the processes of a cluster over the control link. Safe for use
 * by several threads.
 *
 * <p>Names must not be empty, not be longer than {@value #MAX_NAME_BYTES} bytes of UTF-8, and not
 * start with the cluster's reserved prefix; payloads may hold up to {@value #MAX_PAYLOAD_BYTES}
 * bytes. What one process sends to another arrives in order. Messages to a worker that is gone, or
 * that falls too far behind, are dropped and counted in the log.
 */
public interface Messages {

  /** The longest name, in bytes of UTF-8. */
  int MAX_NAME_BYTES = 256;

  /** The longest payload, in bytes. */
  int MAX_PAYLOAD_BYTES = 1 << 20;

  /**
   * Sends a message to one worker, or to the master ({@link MessageHandler#MASTER}).
   *
   * @return completes when the message is on its way; wait for it to keep pace with the receiver
   * @throws IllegalArgumentException if the name, the payload or the index is out of bounds
   */
  CompletionStage<?> send(int index, String name, byte[] payload);

  /**
   * Sends a message to every worker but the sender itself.
   *
   * @return completes when the message is on its way
   * @throws IllegalArgumentException if the name or the payload is out of bounds
   */
  CompletionStage<?> broadcast(String name, byte[] payload);

  /** Gives messages of this name to the handler, in place of an earlier one. */
  void onMessage(String name, MessageHandler handler);
}
