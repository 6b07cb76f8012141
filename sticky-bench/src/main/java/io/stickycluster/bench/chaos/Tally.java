package io.stickycluster.bench.chaos;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what came of the requests and keeps what went wrong. Safe for use by several threads. */
final class Tally {

  /** Far more than a run that keeps its promises has. */
  private static final int MAX_KEPT = 20_000;

  /** How a request went wrong. */
  enum Kind {
    /** Nobody listened. */
    REFUSED,
    /** The connection ended before the answer did. */
    CUT,
    /** No answer came in time. */
    HUNG,
    /** The answer wasn't the one to this request. */
    WRONG,
    /** Another worker answered than the client's. */
    MOVED
  }

  /**
   * One request that went wrong.
   *
   * @param client the client's address; the port is 0 if it got none
   * @param pid the process known to serve the connection, or 0
   * @param startNanos when the connection was asked for
   * @param endNanos when it went wrong
   * @param what the same for people
   */
  record Failure(
      Kind kind, InetSocketAddress client, long pid, long startNanos, long endNanos, String what) {

    @Override
    public String toString() {
      return "%s %s, %d ms after connecting: %s%s"
          .formatted(
              kind,
              AcceptRecord.key(client),
              (endNanos - startNanos) / 1_000_000,
              what,
              pid == 0 ? "" : ", pid " + pid);
    }
  }

  private final LongAdder ok = new LongAdder();
  private final AtomicInteger failed = new AtomicInteger();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

  void ok() {
    ok.increment();
  }

  void failed(Failure failure) {
    if (failed.incrementAndGet() <= MAX_KEPT) {
      failures.add(failure);
    }
  }

  long okCount() {
    return ok.sum();
  }

  int failedCount() {
    return failed.get();
  }

  List<Failure> failures() {
    return List.copyOf(failures);
  }
}
