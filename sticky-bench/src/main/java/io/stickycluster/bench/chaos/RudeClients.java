package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A client that doesn't behave: silent, slow, babbling, hanging up. What comes of it is nobody's
 * concern, as long as it harms nobody else.
 */
final class RudeClients {

  private static final byte[] REQUEST =
      "GET /whoami HTTP/1.1\r\nHost: rude\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_SILENT = 30;
  private static final int TIMEOUT_MILLIS = 2000;

  private enum Manner {
    SILENT,
    BYTE_AT_A_TIME,
    GARBAGE,
    RESET,
    HALF_CLOSE
  }

  private final InetSocketAddress server;
  private final Random random;
  private final Map<Manner, Integer> counts = new EnumMap<>(Manner.class);
  private final ArrayDeque<Socket> silent = new ArrayDeque<>();
  private final Thread thread = new Thread(this::run, "chaos-rude");
  private volatile boolean stopped;

  RudeClients(InetSocketAddress server, long seed) {
    this.server = server;
    this.random = new Random(seed);
  }

  void start() {
    thread.start();
  }

  /** Lets the client hang up for good. */
  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  /** Returns what was done, once stopped. */
  String done() {
    StringBuilder done = new StringBuilder();
    counts.forEach(
        (manner, count) ->
            done.append(done.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(manner.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    return done.toString();
  }

  private void run() {
    Manner[] manners = Manner.values();
    try {
      for (int turn = 0; !stopped; turn++) {
        Manner manner = manners[turn % manners.length];
        counts.merge(manner, 1, Integer::sum);
        beRude(manner);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(50));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      silent.forEach(RudeClients::hangUp);
    }
  }

  private void beRude(Manner manner) throws InterruptedException {
    Socket socket = new Socket();
    try {
      InetAddress from = Load.address(random.nextInt());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(server, TIMEOUT_MILLIS);
      if (manner == Manner.SILENT) {
        silent.add(socket);
        if (silent.size() > MAX_SILENT) {
          hangUp(silent.remove());
        }
        return;
      }
      speak(manner, socket);
    } catch (IOException e) {
      // Served right.
    }
    hangUp(socket);
  }

  private void speak(Manner manner, Socket socket) throws IOException, InterruptedException {
    OutputStream out = socket.getOutputStream();
    switch (manner) {
      case BYTE_AT_A_TIME -> {
        for (byte b : REQUEST) {
          out.write(b);
          TimeUnit.MILLISECONDS.sleep(3);
        }
        socket.getInputStream().readAllBytes();
      }
      case GARBAGE -> {
        byte[] garbage = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(garbage);
        out.write(garbage);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
      case RESET -> {
        out.write(REQUEST, 0, random.nextInt(REQUEST.length));
        socket.setSoLinger(true, 0);
      }
      case HALF_CLOSE -> {
        out.write(REQUEST);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
      case SILENT -> throw new IllegalArgumentException("the silent don't speak");
    }
  }

  private static void hangUp(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
