package io.stickycluster.internal.balance;

import java.time.Duration;
import java.util.function.IntToLongFunction;

/**
 * Estimates workers' loads between the times when their counts of open connections arrive: to the
 * count last told it adds the connections sent that it can't have in it yet, so that a burst
 * doesn't all go to the worker that was idle before it. Not safe for use by several threads.
 *
 * <p>A count is late, so what was sent is not dropped when one comes: it is taken off by as many as
 * the count has risen. What never shows in a count, because it came and went, is forgotten after
 * one to two {@linkplain #WINDOW_NANOS windows}.
 */
final class BoundedLoadEstimate {

  /** Several times the interval in which workers tell their counts. */
  private static final long WINDOW_NANOS = Duration.ofMillis(2500).toNanos();

  private final IntToLongFunction openConnections;
  private final long[] told;
  private final long[] sentNow;
  private final long[] sentBefore;
  private final long[] windowStartNanos;

  /** Makes an estimate that begins with nothing sent. */
  BoundedLoadEstimate(int workers, IntToLongFunction openConnections) {
    this.openConnections = openConnections;
    told = new long[workers];
    sentNow = new long[workers];
    sentBefore = new long[workers];
    windowStartNanos = new long[workers];
  }

  /** Returns the estimated number of connections open on a worker. */
  long load(int index, long nowNanos) {
    turnWindow(index, nowNanos);
    long open = Math.max(0, openConnections.applyAsLong(index));
    long risen = Math.max(0, open - told[index]);
    told[index] = open;
    long first = Math.min(risen, sentBefore[index]);
    sentBefore[index] -= first;
    sentNow[index] -= Math.min(risen - first, sentNow[index]);
    return open + sentBefore[index] + sentNow[index];
  }

  /** Counts a connection that goes to a worker. */
  void sent(int index, long nowNanos) {
    load(index, nowNanos); // so that no rise of the count is missed
    sentNow[index]++;
  }

  private void turnWindow(int index, long nowNanos) {
    long age = nowNanos - windowStartNanos[index];
    if (age >= 0 && age <= WINDOW_NANOS) {
      return;
    }
    // A clock like System.nanoTime() may begin anywhere, so the first window may seem to be ahead.
    boolean follows = age >= 0 && age <= 2 * WINDOW_NANOS;
    sentBefore[index] = follows ? sentNow[index] : 0;
    sentNow[index] = 0;
    windowStartNanos[index] = nowNanos;
  }
}
