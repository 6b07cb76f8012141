package io.stickycluster.transport.nio;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** Opens the sockets by which the master reaches workers. */
final class Backends {

  private Backends() {}

  /** Returns an unconnected, non-blocking socket: a unix one or, for a loopback port, a TCP one. */
  static SocketChannel open(boolean isUnix) throws IOException {
    SocketChannel channel =
        isUnix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (!isUnix) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      Closing.quietly(channel);
      throw e;
    }
  }
}
