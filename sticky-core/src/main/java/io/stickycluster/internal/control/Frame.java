package io.stickycluster.internal.control;

import io.stickycluster.MessageHandler;

/**
 * One message on the control link.
 *
 * @param peer from a worker: whom it is for; to a worker: whom it is from; a worker's index, {@link
 *     MessageHandler#MASTER}, or {@link #EVERYONE}
 * @param name what kind of message it is; the framework's own start with the cluster's prefix
 * @param payload its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
public record Frame(int peer, String name, byte[] payload) {

  /** All workers but the sender. */
  public static final int EVERYONE = -2;

  /** Makes a message between a worker and the master. */
  public static Frame ofMaster(String name, byte[] payload) {
    return new Frame(MessageHandler.MASTER, name, payload);
  }
}
