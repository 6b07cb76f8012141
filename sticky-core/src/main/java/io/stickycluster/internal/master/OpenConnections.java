package io.stickycluster.internal.master;

import io.stickycluster.ClusterOptions;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many connections are open on the worker of each index, for balancers. Thread-safe. */
public final class OpenConnections {

  private final AtomicLongArray open = new AtomicLongArray(ClusterOptions.MAX_CONCURRENCY);

  /** Returns the number for an index; 0 for one that doesn't exist. */
  public long of(int index) {
    return index >= 0 && index < open.length() ? open.get(index) : 0;
  }

  void set(int index, long count) {
    open.set(index, count);
  }
}
