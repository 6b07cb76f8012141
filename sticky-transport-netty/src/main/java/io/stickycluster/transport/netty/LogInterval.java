package io.stickycluster.transport.netty;

import java.util.concurrent.TimeUnit;

/** Keeps a line that would be logged at every turn to one in ten seconds. For one thread. */
final class LogInterval {

  private static final long NANOS = TimeUnit.SECONDS.toNanos(10);

  private long dueNanos = System.nanoTime();

  /** Returns whether to log now. */
  boolean isDue() {
    long now = System.nanoTime();
    if (now - dueNanos < 0) {
      return false;
    }
    dueNanos = now + NANOS;
    return true;
  }
}
