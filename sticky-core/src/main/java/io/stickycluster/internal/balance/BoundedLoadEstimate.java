package io.stickycluster.internal.balance;

import java.time.Duration;
import java.util.function.IntToLongFunction;

/**
 * Estimates workers' loads between the times when their counts of open connections arrive: to the
 * count last told it adds the connections sent since then, so that a burst doesn't all go to the
 * worker that was idle before it. Not safe for use by several threads.
 */
final class BoundedLoadEstimate {

  /** A count that did not change for this long is taken as told anew: connections came and went. */
  private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

  private final IntToLongFunction openConnections;
  private final long[] told;
  private final long[] sentSince;
  private final long[] toldNanos;

  /** Makes an estimate that begins with nothing sent. */
  BoundedLoadEstimate(int workers, IntToLongFunction openConnections) {
    this.openConnections = openConnections;
    told = new long[workers];
    sentSince = new long[workers];
    toldNanos = new long[workers];
  }

  /** Returns the estimated number of connections open on a worker. */
  long load(int index, long nowNanos) {
    long open = Math.max(0, openConnections.applyAsLong(index));
    if (open != told[index] || nowNanos - toldNanos[index] > WINDOW_NANOS) {
      told[index] = open;
      sentSince[index] = 0;
      toldNanos[index] = nowNanos;
    }
    return open + sentSince[index];
  }

  /** Counts a connection that goes to a worker. */
  void sent(int index, long nowNanos) {
    load(index, nowNanos);
    sentSince[index]++;
  }
}
