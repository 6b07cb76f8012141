package io.stickycluster.internal.balance;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the faults of a strategy and a balancer and logs the first of each. Safe for use by
 * several threads.
 */
final class RouterFaults {

  private static final Logger LOG = LoggerFactory.getLogger(HashRouter.class);

  private final LongAdder count = new LongAdder();
  private final AtomicBoolean strategyReported = new AtomicBoolean();
  private final AtomicBoolean balancerReported = new AtomicBoolean();

  long count() {
    return count.sum();
  }

  void strategyFailed(String name, Throwable cause) {
    count.increment();
    if (strategyReported.compareAndSet(false, true)) {
      LOG.error(
          "hash strategy '{}' failed: its clients go to worker index 0 until it is repaired;"
              + " further failures are only counted",
          name,
          cause);
    }
  }

  void balancerFailed(String name, Throwable cause) {
    count.increment();
    if (balancerReported.compareAndSet(false, true)) {
      LOG.error(
          "balancer '{}' failed: its clients go to worker index 0 until it is repaired;"
              + " further failures are only counted",
          name,
          cause);
    }
  }

  void outOfRange(String name, int index, int workers) {
    count.increment();
    if (balancerReported.compareAndSet(false, true)) {
      LOG.error(
          "balancer '{}' returned index {} for {} workers: its clients go to worker index 0 until"
              + " it is repaired; further failures are only counted",
          name,
          index,
          workers);
    }
  }
}
