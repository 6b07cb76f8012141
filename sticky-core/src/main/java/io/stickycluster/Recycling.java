package io.stickycluster;

import java.time.Duration;

/**
 * When a healthy worker is replaced, as in a reload of this one worker. Each bound gets a random
 * part of up to {@code jitter} added, so that workers don't go together.
 *
 * @param maxLifetime how long a worker serves; {@link Duration#ZERO} means without end
 * @param maxConnections how many connections it takes; 0 means without end
 * @param maxResidentBytes how much memory it may hold resident, in bytes (Linux only); 0 means
 *     without bound
 * @param jitter the random part of each bound, 0.0 to 1.0
 */
public record Recycling(
    Duration maxLifetime, long maxConnections, long maxResidentBytes, double jitter) {

  /** Never replaces a healthy worker. */
  public static Recycling never() {
    return new Recycling(Duration.ZERO, 0, 0, 0.1);
  }

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the value and its bounds
   */
  public Recycling {
    Bounds.within("maxLifetime", maxLifetime, Duration.ZERO, Duration.ofDays(36_500));
    Bounds.within("jitter", jitter, 0.0, 1.0);
    if (maxConnections < 0 || maxResidentBytes < 0) {
      throw new IllegalArgumentException("maxConnections and maxResidentBytes can't be negative");
    }
  }

  /** Returns whether any bound is set. */
  public boolean isActive() {
    return !maxLifetime.isZero() || maxConnections > 0 || maxResidentBytes > 0;
  }
}
