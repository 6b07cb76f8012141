package io.stickycluster.bench.chaos;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One HTTP/1.1 connection of a client. For use by one thread. */
final class HttpConnection implements AutoCloseable {

  /** Longer than anything a worker is put through takes. */
  static final int TIMEOUT_MILLIS = 60_000;

  private static final int MAX_HEAD_BYTES = 8192;

  /**
   * The head of an answer.
   *
   * @param pid the process that answered
   * @param length how many bytes of body follow
   * @param closes whether the server will close the connection behind it
   */
  record Head(int status, int index, long pid, int length, boolean closes) {}

  private final Socket socket;
  private final InputStream in;
  private final InetSocketAddress client;
  private final long startNanos;

  private HttpConnection(Socket socket, long startNanos) throws IOException {
    this.socket = socket;
    this.client = (InetSocketAddress) socket.getLocalSocketAddress();
    this.in = new java.io.BufferedInputStream(socket.getInputStream());
    this.startNanos = startNanos;
  }

  static HttpConnection open(InetSocketAddress server, InetAddress from) throws IOException {
    long start = System.nanoTime();
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(server, TIMEOUT_MILLIS);
      return new HttpConnection(socket, start);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns the client's own address, even when the connection is closed. */
  InetSocketAddress client() {
    return client;
  }

  long startNanos() {
    return startNanos;
  }

  void get(String path, boolean last) throws IOException {
    String connection = last ? "Connection: close\r\n" : "";
    write("GET " + path + " HTTP/1.1\r\nHost: chaos\r\n" + connection + "\r\n", new byte[0]);
  }

  void post(byte[] body, boolean last) throws IOException {
    String connection = last ? "Connection: close\r\n" : "";
    write(
        "POST /echo HTTP/1.1\r\nHost: chaos\r\n"
            + connection
            + "Content-Length: "
            + body.length
            + "\r\n\r\n",
        body);
  }

  private void write(String head, byte[] body) throws IOException {
    byte[] first = head.getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[first.length + body.length];
    System.arraycopy(first, 0, whole, 0, first.length);
    System.arraycopy(body, 0, whole, first.length, body.length);
    socket.getOutputStream().write(whole);
  }

  /**
   * Reads the head of an answer.
   *
   * @throws EOFException if the connection ends before
   * @throws NumberFormatException if a number in it is none
   */
  Head readHead() throws IOException {
    String[] lines = readHeadText().split("\r\n", -1);
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    int index = -1;
    long pid = 0;
    int length = 0;
    boolean closes = false;
    for (String line : lines) {
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).trim();
      switch (name) {
        case "x-sticky-worker" -> index = Integer.parseInt(value);
        case "x-pid" -> pid = Long.parseLong(value);
        case "content-length" -> length = Integer.parseInt(value);
        case "connection" -> closes = value.equalsIgnoreCase("close");
        default -> {}
      }
    }
    return new Head(status, index, pid, length, closes);
  }

  private String readHeadText() throws IOException {
    StringBuilder head = new StringBuilder(256);
    while (head.length() < MAX_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException(
            head.isEmpty() ? "closed without an answer" : "closed within the answer's head");
      }
      head.append((char) next);
      int length = head.length();
      if (next == '\n' && length >= 4 && head.substring(length - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    throw new IOException("the answer's head is longer than " + MAX_HEAD_BYTES + " bytes");
  }

  byte[] readBody(Head head) throws IOException {
    byte[] body = in.readNBytes(head.length());
    if (body.length < head.length()) {
      throw new EOFException(
          "closed after %d of %d bytes of body".formatted(body.length, head.length()));
    }
    return body;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
