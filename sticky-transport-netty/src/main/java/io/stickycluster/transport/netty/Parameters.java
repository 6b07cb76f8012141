package io.stickycluster.transport.netty;

/** Names in what the master tells a worker's half, and the names of the hand-overs. */
final class Parameters {

  static final String AUTO = "auto";
  static final String LISTENER = "listener";
  static final String CONNECTION = "connection";

  /** The hand-over in use. */
  static final String HAND_OVER = "hand-over";

  /** The path of the unix socket that lanes connect to. */
  static final String SOCKET = "socket";

  /** The most bytes that can come with a connection; 0 if only descriptors come. */
  static final String MAX_READ_AHEAD_BYTES = "max-read-ahead-bytes";

  private Parameters() {}
}
