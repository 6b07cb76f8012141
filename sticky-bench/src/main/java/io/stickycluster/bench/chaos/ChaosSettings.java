package io.stickycluster.bench.chaos;

import java.time.Duration;

/**
 * What a chaos run does.
 *
 * @param seed chooses the actions, their order, victims and pauses
 * @param workers how many workers the cluster starts with, 1 to {@value #MAX_WORKERS}
 * @param duration how long actions go on, up to {@link #MAX_DURATION}; each kind is done at least
 *     once however short it is
 * @param clients how many clients ask at a time, 1 to {@value #MAX_CLIENTS}
 * @param freeze how long the shortest freeze of a worker takes; the longest takes three times that
 * @param drainGrace how long a draining worker leaves idle connections open
 */
record ChaosSettings(
    long seed, int workers, Duration duration, int clients, Duration freeze, Duration drainGrace) {

  static final int MAX_WORKERS = 32;
  static final int MAX_CLIENTS = 256;
  static final Duration MAX_DURATION = Duration.ofHours(1);

  private static final Duration SHORTEST_WITH_HANGS = Duration.ofSeconds(10);

  ChaosSettings {
    within("workers", workers, 1, MAX_WORKERS);
    within("clients", clients, 1, MAX_CLIENTS);
    if (duration.isNegative() || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException(
          "duration must be from 0 s to %d s, not %d s"
              .formatted(MAX_DURATION.toSeconds(), duration.toSeconds()));
    }
  }

  static ChaosSettings of(long seed, int workers, Duration duration, int clients) {
    return new ChaosSettings(
        seed, workers, duration, clients, Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  /** Returns whether there is time for workers to stand still until the watchdog kills them. */
  boolean hangs() {
    return duration.compareTo(SHORTEST_WITH_HANGS) >= 0;
  }

  /** Returns how long a worker may stand still before the watchdog kills it. */
  Duration watchdogDeadline() {
    return Duration.ofSeconds(hangs() ? 10 : 60);
  }

  private static void within(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be from %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
