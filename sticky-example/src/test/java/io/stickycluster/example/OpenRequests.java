package io.stickycluster.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Connections from one address that stay open after their request, until they are closed. */
final class OpenRequests implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 60_000;
  private static final Pattern WORKER = Pattern.compile("(?i)\r\nX-Sticky-Worker: (\\d+)\r\n");

  private final InetAddress address = TestHttp.address("127.0.0.1");
  private final int port;
  private final List<Socket> sockets = new ArrayList<>();

  OpenRequests(int port) {
    this.port = port;
  }

  /** Sends bytes on a new connection; what it returns waits for the worker that answers. */
  Supplier<String> send(String bytes) {
    Socket socket = open();
    write(socket, bytes);
    return () -> worker(socket);
  }

  /** Opens a connection and sends nothing yet. */
  Socket open() {
    try {
      Socket socket = new Socket(address, port);
      sockets.add(socket);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Socket socket, String bytes) {
    try {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the head of a response with status 200 and returns the worker it names. */
  static String worker(Socket socket) {
    StringBuilder head = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        head.append((char) next);
        if (next == '\n' && head.indexOf("\r\n\r\n") >= 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher worker = WORKER.matcher(head);
    if (!head.toString().startsWith("HTTP/1.1 200 ") || !worker.find()) {
      throw new AssertionError("no good response: '" + head + "'");
    }
    return worker.group(1);
  }

  void closeAll() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    sockets.clear();
  }

  @Override
  public void close() {
    closeAll();
  }
}
