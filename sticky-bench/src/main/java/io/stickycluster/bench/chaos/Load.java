package io.stickycluster.bench.chaos;

import io.stickycluster.bench.chaos.HttpConnection.Head;
import io.stickycluster.bench.chaos.Tally.Failure;
import io.stickycluster.bench.chaos.Tally.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients that behave: one thread each, with one request on a connection, many, or uploads, from
 * many addresses. Every answer is checked.
 */
final class Load {

  private static final int MAX_PAUSE_MILLIS = 20;
  private static final int FEW_REQUESTS = 50;
  private static final int UPLOAD_BYTES = 16_256;
  private static final int ADDRESSES = 4096;

  private enum Manner {
    ONE_REQUEST,
    KEEP_ALIVE,
    UPLOAD
  }

  private final InetSocketAddress server;
  private final History history;
  private final Tally tally;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  Load(InetSocketAddress server, History history, Tally tally) {
    this.server = server;
    this.history = history;
    this.tally = tally;
  }

  /** Starts a number of clients; of every ten, six are of the first manner. */
  void start(int clients, long seed) {
    for (int number = 0; number < clients; number++) {
      Manner manner =
          switch (number % 10) {
            case 1, 4 -> Manner.KEEP_ALIVE;
            case 2, 6 -> Manner.UPLOAD;
            default -> Manner.ONE_REQUEST;
          };
      Random random = new Random(seed * 31 + number);
      Thread thread = new Thread(() -> ask(manner, random), "chaos-client-" + number);
      thread.start();
      threads.add(thread);
    }
  }

  /** Lets requests in flight end, then the clients. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Returns one of the clients' addresses. */
  static InetAddress address(int number) {
    try {
      int host = Math.floorMod(number, ADDRESSES) + 1;
      return InetAddress.getByAddress(
          new byte[] {127, 1, (byte) (host >> 8), (byte) (host & 0xff)});
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // four bytes are always an address
    }
  }

  private void ask(Manner manner, Random random) {
    try {
      while (!stopped) {
        InetAddress from = address(random.nextInt(ADDRESSES));
        if (manner == Manner.KEEP_ALIVE) {
          askManyTimes(from, random);
        } else {
          askOnce(from, manner, random);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_PAUSE_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void askOnce(InetAddress from, Manner manner, Random random) {
    Visit visit = new Visit(from);
    try (HttpConnection connection = HttpConnection.open(server, from)) {
      visit.connection = connection;
      if (manner == Manner.UPLOAD) {
        byte[] upload = new byte[UPLOAD_BYTES];
        random.nextBytes(upload);
        connection.post(upload, true);
        byte[] echo = read(visit);
        if (!Arrays.equals(upload, echo)) {
          throw new WrongAnswerException(Kind.WRONG, "the echo differs from what was sent");
        }
      } else {
        connection.get(random.nextInt(20) == 0 ? "/slow?ms=200" : "/whoami", true);
        read(visit);
      }
      tally.ok();
    } catch (IOException | RuntimeException e) {
      tally.failed(failure(visit, e));
    }
  }

  private void askManyTimes(InetAddress from, Random random) throws InterruptedException {
    Visit visit = new Visit(from);
    // Every other one stays until the server tells it to go, as a worker that drains must.
    int requests = random.nextBoolean() ? FEW_REQUESTS : Integer.MAX_VALUE;
    try (HttpConnection connection = HttpConnection.open(server, from)) {
      visit.connection = connection;
      for (int i = 0; i < requests && !stopped && !visit.closes; i++) {
        connection.get("/whoami", i == requests - 1);
        read(visit);
        tally.ok();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_PAUSE_MILLIS));
      }
    } catch (IOException | RuntimeException e) {
      tally.failed(failure(visit, e));
    }
  }

  /**
   * Asks once who serves a client, as all the others do.
   *
   * @return the process, or 0 if the request failed
   */
  long whoServes(InetAddress from) {
    Visit visit = new Visit(from);
    try (HttpConnection connection = HttpConnection.open(server, from)) {
      visit.connection = connection;
      connection.get("/whoami", true);
      read(visit);
      tally.ok();
      return visit.pid;
    } catch (IOException | RuntimeException e) {
      tally.failed(failure(visit, e));
      return 0;
    }
  }

  private byte[] read(Visit visit) throws IOException {
    HttpConnection connection = visit.opened();
    Head head = connection.readHead();
    if (head.status() != 200) {
      throw new WrongAnswerException(Kind.WRONG, "status " + head.status());
    }
    if (visit.pid == 0) {
      Set<Integer> expected =
          history.indices(visit.from, connection.startNanos(), System.nanoTime());
      if (!expected.contains(head.index())) {
        throw new WrongAnswerException(
            Kind.MOVED, "served by index %d, not %s".formatted(head.index(), expected));
      }
    } else if (visit.pid != head.pid()) {
      throw new WrongAnswerException(
          Kind.MOVED, "process %d took the connection over".formatted(head.pid()));
    }
    visit.pid = head.pid();
    visit.closes = head.closes();
    byte[] body = connection.readBody(head);
    visit.answers++;
    return body;
  }

  private static Failure failure(Visit visit, Exception error) {
    HttpConnection connection = visit.connection;
    Kind kind;
    if (error instanceof WrongAnswerException wrong) {
      kind = wrong.kind;
    } else if (error instanceof SocketTimeoutException) {
      kind = Kind.HUNG;
    } else if (error instanceof ConnectException) {
      kind = Kind.REFUSED;
    } else {
      kind = error instanceof IOException ? Kind.CUT : Kind.WRONG;
    }
    return new Failure(
        kind,
        connection == null ? new InetSocketAddress(visit.from, 0) : connection.client(),
        visit.pid,
        connection == null ? visit.startNanos : connection.startNanos(),
        System.nanoTime(),
        "%s after %d answers".formatted(error.getMessage(), visit.answers));
  }

  /** How far a client has come with one connection. */
  private static final class Visit {
    private final InetAddress from;
    private final long startNanos = System.nanoTime();
    private @Nullable HttpConnection connection;
    private long pid;
    private boolean closes;
    private int answers;

    Visit(InetAddress from) {
      this.from = from;
    }

    HttpConnection opened() {
      return Objects.requireNonNull(connection);
    }
  }

  /** An answer that isn't the one to the request. */
  private static final class WrongAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Kind kind;

    WrongAnswerException(Kind kind, String message) {
      super(message);
      this.kind = kind;
    }
  }
}
