package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Has the JVM open what it keeps for good, so that it doesn't look like a leak later on. */
final class Warmth {

  private Warmth() {}

  static void warmUp() throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      selector.selectNow();
      try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
          SocketChannel accepted = listener.accept()) {
        accepted.shutdownOutput();
        client.shutdownOutput();
      }
    }
  }
}
