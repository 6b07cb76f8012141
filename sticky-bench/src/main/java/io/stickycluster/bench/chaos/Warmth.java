package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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
      closeUnderReader((InetSocketAddress) listener.getLocalAddress());
    }
  }

  /** A close that wakes a blocked reader needs a descriptor of its own, made at the first time. */
  private static void closeUnderReader(InetSocketAddress listener) throws IOException {
    Socket socket = new Socket(listener.getAddress(), listener.getPort());
    Thread reader = new Thread(() -> readUntilClosed(socket), "warmth");
    reader.setDaemon(true);
    reader.start();
    while (reader.isAlive() && !isInNativeCode(reader)) {
      Thread.onSpinWait();
    }
    socket.close();
  }

  private static boolean isInNativeCode(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0 && stack[0].isNativeMethod();
  }

  private static void readUntilClosed(Socket socket) {
    try {
      int unused = socket.getInputStream().read();
    } catch (IOException e) {
      // The close that this is for.
      Thread.currentThread().interrupt();
    }
  }
}
