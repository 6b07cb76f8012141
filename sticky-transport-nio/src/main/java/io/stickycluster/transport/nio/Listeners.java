package io.stickycluster.transport.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Opens the master's listening sockets: one per loop where the kernel spreads over several. */
final class Listeners {

  private Listeners() {}

  /**
   * Opens one listener and, on Linux, up to {@code count - 1} more on the same address.
   *
   * <p>SO_REUSEPORT alone would let a second cluster of the same user share the port unnoticed. So
   * the first listener binds and listens without it, which fails if anybody else is there, and only
   * then joins a group with the others.
   *
   * @return the listeners, at least one, non-blocking
   * @throws IOException if the address can't be had
   */
  static List<ServerSocketChannel> open(InetSocketAddress address, int backlog, int count)
      throws IOException {
    List<ServerSocketChannel> listeners = new ArrayList<>();
    try {
      ServerSocketChannel first = ServerSocketChannel.open();
      listeners.add(first);
      first.bind(address, backlog);
      first.configureBlocking(false);
      if (count > 1 && spreads(first)) {
        first.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        InetSocketAddress real = (InetSocketAddress) first.getLocalAddress();
        while (listeners.size() < count) {
          ServerSocketChannel next = ServerSocketChannel.open();
          listeners.add(next);
          next.setOption(StandardSocketOptions.SO_REUSEPORT, true);
          next.bind(real, backlog);
          next.configureBlocking(false);
        }
      }
      return listeners;
    } catch (IOException | RuntimeException e) {
      closeAll(listeners);
      throw e;
    }
  }

  /** Returns whether the kernel spreads connections over listeners of one port; BSDs do not. */
  private static boolean spreads(ServerSocketChannel listener) {
    return System.getProperty("os.name", "").equals("Linux")
        && listener.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
  }

  private static void closeAll(List<ServerSocketChannel> listeners) {
    for (ServerSocketChannel listener : listeners) {
      Closing.quietly(listener);
    }
  }
}
