package io.stickycluster;

/** Takes messages of one name from the control link. */
@FunctionalInterface
public interface MessageHandler {

  /**
   * Takes a message. Messages of one sender arrive in order, on a thread of the cluster's: hand
   * long work to another one.
   *
   * @param sender the index of the worker that sent it, or {@link #MASTER}
   * @param payload the bytes sent; the handler's own
   */
  void onMessage(int sender, byte[] payload);

  /** The sender "index" of the master. */
  int MASTER = -1;
}
