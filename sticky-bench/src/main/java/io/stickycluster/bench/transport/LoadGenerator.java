package io.stickycluster.bench.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks an HTTP server as often as it can from many loopback addresses, one blocking thread per
 * client, with as few system calls of its own as there can be.
 */
final class LoadGenerator {

  /** What is asked for. */
  enum Mode {
    /** One small request per connection. */
    CLOSE("/hello", 1),
    /** 200 small requests per connection. */
    KEEP_ALIVE("/hello", 200),
    /** 20 bodies of 1 MiB per connection. */
    BODY("/bytes?n=1048576", 20);

    final String path;
    final int requestsPerConnection;

    Mode(String path, int requestsPerConnection) {
      this.path = path;
      this.requestsPerConnection = requestsPerConnection;
    }
  }

  /** What came of it; a failed request is one that got no whole answer. */
  record Result(long requests, double requestsPerSecond, long failed) {}

  private static final int SOURCES = 128;

  private LoadGenerator() {}

  static Result run(int port, Mode mode, int clients, Duration time) throws InterruptedException {
    LongAdder done = new LongAdder();
    LongAdder failed = new LongAdder();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int number = i;
      Thread thread = new Thread(() -> client(number, port, mode, end, done, failed));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Result(done.sum(), done.sum() / seconds, failed.sum());
  }

  private static void client(
      int number, int port, Mode mode, long end, LongAdder done, LongAdder failed) {
    ByteBuffer keep = request(mode, "keep-alive");
    ByteBuffer close = request(mode, "close");
    ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    int source = number;
    while (System.nanoTime() < end) {
      source = (source + 37) % SOURCES;
      int answered = 0;
      try (SocketChannel channel = SocketChannel.open()) {
        channel.bind(source(source));
        channel.connect(server);
        while (answered < mode.requestsPerConnection) {
          boolean last = answered + 1 == mode.requestsPerConnection || System.nanoTime() >= end;
          ByteBuffer request = (last ? close : keep).rewind();
          while (request.hasRemaining()) {
            channel.write(request);
          }
          readAnswer(channel, buffer);
          answered++;
          done.increment();
          if (last) {
            break;
          }
        }
      } catch (IOException e) {
        failed.increment();
      }
    }
  }

  private static InetSocketAddress source(int number) throws IOException {
    byte[] address = {127, 0, 1, (byte) (number + 1)};
    return new InetSocketAddress(InetAddress.getByAddress(address), 0);
  }

  private static ByteBuffer request(Mode mode, String connection) {
    String text =
        "GET "
            + mode.path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: "
            + connection
            + "\r\n\r\n";
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes);
  }

  private static void readAnswer(SocketChannel channel, ByteBuffer buffer) throws IOException {
    buffer.clear();
    int bodyStart = -1;
    while (bodyStart < 0) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("no answer");
      }
      bodyStart = bodyStart(buffer);
    }
    long left = contentLength(buffer, bodyStart) - (buffer.position() - bodyStart);
    while (left > 0) {
      buffer.clear();
      int count = channel.read(buffer);
      if (count < 0) {
        throw new EOFException("half an answer");
      }
      left -= count;
    }
  }

  private static int bodyStart(ByteBuffer buffer) {
    for (int i = 0; i + 3 < buffer.position(); i++) {
      if (buffer.get(i) == '\r' && buffer.getInt(i) == 0x0D0A0D0A) {
        return i + 4;
      }
    }
    return -1;
  }

  private static long contentLength(ByteBuffer buffer, int end) {
    // "content-length: " is the only header here with a 'h' before ": " and digits after it.
    for (int i = 0; i < end; i++) {
      if (buffer.get(i) == ':' && (buffer.get(i - 1) == 'h') && buffer.get(i + 1) == ' ') {
        long length = 0;
        for (int j = i + 2; buffer.get(j) >= '0' && buffer.get(j) <= '9'; j++) {
          length = length * 10 + buffer.get(j) - '0';
        }
        return length;
      }
    }
    return 0;
  }
}
