package io.stickycluster.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The least HTTP client that can choose its own address: one request, one connection. */
final class TestHttp {

  private static final int TIMEOUT_MILLIS = 60_000;

  /** A response; the names of its headers are in lower case. */
  record Response(int status, Map<String, String> headers, String body) {
    String worker() {
      return headers.getOrDefault("x-sticky-worker", "none");
    }
  }

  private TestHttp() {}

  static Response get(InetAddress server, int port, InetAddress local, String path) {
    return exchange(server, port, local, request("GET", path, ""));
  }

  static String request(String method, String path, String body) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** Sends text as it is and returns the response that ends with the connection. */
  static Response exchange(InetAddress server, int port, InetAddress local, String request) {
    return parse(raw(server, port, local, request));
  }

  /** Gets a path; when this returns, the server has begun to serve it. */
  static CompletableFuture<Response> begin(
      InetAddress server, int port, InetAddress local, String path) {
    Socket socket = connect(server, port, local);
    try {
      // The server says 100 as soon as it has the request.
      String request = request("GET", path, "").replace("Host:", "Expect: 100-continue\r\nHost:");
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      StringBuilder interim = new StringBuilder();
      while (interim.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          throw new AssertionError("the connection ended after '" + interim + "'");
        }
        interim.append((char) next);
      }
      assertThat(interim.toString()).startsWith("HTTP/1.1 100 ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CompletableFuture.supplyAsync(
        () -> parse(readAll(socket)), task -> new Thread(task, "answer").start());
  }

  private static Response parse(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 ") || end < 0) {
      throw new AssertionError("no HTTP response: '" + answer + "'");
    }
    String[] lines = answer.substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] nameAndValue = lines[i].split(":", 2);
      headers.put(nameAndValue[0].trim().toLowerCase(Locale.ROOT), nameAndValue[1].trim());
    }
    return new Response(
        Integer.parseInt(lines[0].split(" ", 3)[1]), headers, answer.substring(end + 4));
  }

  /** Sends text and returns all that comes until the server closes the connection. */
  static String raw(InetAddress server, int port, InetAddress local, String request) {
    Socket socket = connect(server, port, local);
    try {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return readAll(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text, says that no more will come, and returns all that comes back. */
  static String rawThenEnd(InetAddress server, int port, InetAddress local, String request) {
    Socket socket = connect(server, port, local);
    try {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      return readAll(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connect(InetAddress server, int port, InetAddress local) {
    try {
      Socket socket = new Socket();
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.bind(new InetSocketAddress(local, 0));
      socket.connect(new InetSocketAddress(server, port), TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String readAll(Socket socket) {
    try (socket) {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }
}
