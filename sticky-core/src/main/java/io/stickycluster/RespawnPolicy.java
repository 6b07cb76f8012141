package io.stickycluster;

import java.time.Duration;

/**
 * How soon a dead worker is forked again, and when the master gives up.
 *
 * <p>The first death after a stable period is answered at once. Each further one waits twice as
 * long as the one before, from {@code firstDelay} up to {@code maxDelay}, with a random part of up
 * to {@code jitter} of it added. More than {@code maxRestarts} deaths of any workers within {@code
 * window} end the master with a non-zero exit code.
 *
 * @param firstDelay the wait before the second fork in a row, 1 ms to 1 h
 * @param maxDelay the longest wait, {@code firstDelay} to 1 h
 * @param jitter the random part of a wait, 0.0 to 1.0
 * @param stableAfter how long a worker must have been ready to count as stable, up to 1 day
 * @param maxRestarts how many deaths are borne within the window, 0 to 1,000,000
 * @param window the time in which deaths are counted, 1 ms to 1 day
 * @param lifetime how long after the master's start the dead are revived; {@link Duration#ZERO}
 *     means always
 */
public record RespawnPolicy(
    Duration firstDelay,
    Duration maxDelay,
    double jitter,
    Duration stableAfter,
    int maxRestarts,
    Duration window,
    Duration lifetime) {

  /**
   * Waits of 100 ms to 10 s with 20 % jitter, stable after 10 s, at most 10 deaths a minute for
   * every worker of a cluster of 1 to 4; see {@link #defaults(int)}.
   */
  public static RespawnPolicy defaults() {
    return defaults(1);
  }

  /**
   * Returns the default policy for a number of workers: the bound on deaths grows with it, at 10 a
   * minute for up to four workers and 3 a minute for each one more.
   */
  public static RespawnPolicy defaults(int workers) {
    return new RespawnPolicy(
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        0.2,
        Duration.ofSeconds(10),
        10 + 3 * Math.max(0, workers - 4),
        Duration.ofMinutes(1),
        Duration.ZERO);
  }

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the value and its bounds
   */
  public RespawnPolicy {
    Duration day = Duration.ofDays(1);
    Bounds.within("firstDelay", firstDelay, Duration.ofMillis(1), Duration.ofHours(1));
    Bounds.within("maxDelay", maxDelay, firstDelay, Duration.ofHours(1));
    Bounds.within("jitter", jitter, 0.0, 1.0);
    Bounds.within("stableAfter", stableAfter, Duration.ZERO, day);
    Bounds.within("maxRestarts", maxRestarts, 0, 1_000_000);
    Bounds.within("window", window, Duration.ofMillis(1), day);
    Bounds.within("lifetime", lifetime, Duration.ZERO, Duration.ofDays(36_500));
  }
}
