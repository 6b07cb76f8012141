package io.stickycluster;

import java.time.Duration;

/**
 * How the master tells that a worker is stuck: every {@code interval} it asks the worker for a sign
 * of life, which the worker gives only if its server's threads still turn. A worker that owes one
 * for half the deadline is reported; one that owes it for the whole deadline is killed and
 * respawned.
 *
 * @param interval the time between two questions, 10 ms to 1 h
 * @param deadline how long an answer may take, {@code interval} to 1 day
 */
public record Watchdog(Duration interval, Duration deadline) {

  /** Asks every 5 s and waits for 30 s. */
  public static Watchdog defaults() {
    return new Watchdog(Duration.ofSeconds(5), Duration.ofSeconds(30));
  }

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the value and its bounds
   */
  public Watchdog {
    Bounds.within("interval", interval, Duration.ofMillis(10), Duration.ofHours(1));
    Bounds.within("deadline", deadline, interval, Duration.ofDays(1));
  }
}
