package io.stickycluster.internal.master;

import io.stickycluster.RespawnPolicy;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Counts the deaths in a row of one slot and says how long to wait before the next fork. */
final class Backoff {

  private final RespawnPolicy policy;
  private final DoubleSupplier random;
  private int deathsInARow;

  Backoff(RespawnPolicy policy, DoubleSupplier random) {
    this.policy = policy;
    this.random = random;
  }

  /**
   * Counts a death.
   *
   * @param served how long the worker had been ready; zero if it never was
   * @return how long to wait before the next fork
   */
  Duration afterDeath(Duration served) {
    boolean wasStable = !served.isZero() && served.compareTo(policy.stableAfter()) >= 0;
    deathsInARow = wasStable ? 1 : deathsInARow + 1;
    if (deathsInARow == 1 && !served.isZero()) {
      return Duration.ZERO;
    }
    int doublings = Math.min(deathsInARow - 2, 40);
    double factor = doublings <= 0 ? 1.0 : Math.pow(2, doublings);
    double millis =
        Math.min(policy.firstDelay().toMillis() * factor, (double) policy.maxDelay().toMillis());
    return Duration.ofNanos((long) (millis * 1e6 * (1 + policy.jitter() * random.getAsDouble())));
  }
}
