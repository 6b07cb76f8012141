package io.stickycluster.contract;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What a contract worker said to a client. */
public record Reply(int index, long id, long pid, String variable, String clientAddress) {

  private static final int TIMEOUT_MILLIS = 30_000;

  /** Connects from an address, asks who serves it, and hangs up. */
  public static Reply who(InetSocketAddress server, InetAddress from) throws IOException {
    return ask(server, from, "who");
  }

  /** Connects from an address, sends one line, and returns the answer. */
  public static Reply ask(InetSocketAddress server, InetAddress from, String line)
      throws IOException {
    try (Socket socket = connect(server, from)) {
      return ask(socket, line);
    }
  }

  /** Opens a connection from an address. */
  public static Socket connect(InetSocketAddress server, InetAddress from) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(server, TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends one line on an open connection and returns the answer. */
  public static Reply ask(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    return read(socket);
  }

  /** Reads the answer to a line that was sent. */
  public static Reply read(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 256);
    String answer = in.readLine();
    if (answer == null) {
      throw new EOFException("the worker closed the connection without an answer");
    }
    String[] words = answer.split(" ", -1);
    return new Reply(
        Integer.parseInt(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        words[3],
        words[4]);
  }
}
