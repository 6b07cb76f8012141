package io.stickycluster.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Servers for tests. */
final class Servers {

  private Servers() {}

  /**
   * Sends its name and the client's address, then all that it reads, and ends when the client does.
   */
  static NioServer echo(String name) {
    return NioServer.of(
        connection -> {
          String client =
              connection.client().getAddress().getHostAddress()
                  + ":"
                  + connection.client().getPort();
          send(connection.channel(), name + " " + client + "\n");
          copy(connection);
        });
  }

  /** Sends back what it reads and ends when the client does. */
  static NioServer mirror() {
    return NioServer.of(Servers::copy);
  }

  private static void copy(NioConnection connection) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    while (connection.readRequest(buffer.clear()) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        connection.channel().write(buffer);
      }
    }
  }

  /** Sends back what it reads through a buffer of a few bytes. */
  static void idle(NioConnection connection) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    while (connection.readRequest(buffer.clear()) >= 0) {
      connection.channel().write(buffer.flip());
    }
  }

  static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
