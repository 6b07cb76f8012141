package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;

/**
 * Keeps every worker's load below a multiple of the mean where it can do so without moving a key:
 * consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2016), with rendezvous
 * hashing (Thaler and Ravishankar, 1996) for the order in which a key prefers workers.
 *
 * <p>A new key goes to the worker it prefers most among those that one more connection does not
 * lift above {@code ceil(factor * mean)}, where the mean has this connection in it; there always is
 * one. From then on the key stays there, whatever the loads are, until it has not been asked for
 * during the expiry, or so many other keys have been that the memory is full. Load is the
 * {@linkplain BoundedLoadEstimate estimated} number of open connections; a key behind which many
 * clients stand weighs as much as they do.
 *
 * <p>Unlike other balancers this one depends on history: another master, or this one restarted,
 * places keys by the loads it then sees.
 */
final class BoundedLoadBalancer implements Balancer {

  private final int workers;
  private final double factor;
  private final LongSupplier nanoClock;

  /** Guarded by {@link #memory}. */
  private final BoundedLoadEstimate loads;

  /** Guarded by itself. */
  private final BoundedLoadMemory memory;

  /**
   * Makes a balancer that remembers no key.
   *
   * @param factor the bound on a worker's load as a multiple of the mean, at least 1
   * @param memory remembers keys; belongs to this balancer from here on
   * @param nanoClock tells the time in nanoseconds like {@link System#nanoTime()}
   */
  BoundedLoadBalancer(
      int workers,
      double factor,
      IntToLongFunction openConnections,
      BoundedLoadMemory memory,
      LongSupplier nanoClock) {
    this.workers = Workers.check(workers);
    this.factor = factor;
    this.loads = new BoundedLoadEstimate(workers, openConnections);
    this.memory = memory;
    this.nanoClock = nanoClock;
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int index(int hash) {
    synchronized (memory) {
      long now = nanoClock.getAsLong();
      int index = memory.use(hash, now);
      if (index == BoundedLoadMemory.ABSENT) {
        index = place(hash, now);
        memory.put(hash, index, now);
      }
      loads.sent(index, now);
      return index;
    }
  }

  private int place(int hash, long now) {
    long total = 1;
    for (int i = 0; i < workers; i++) {
      total += loads.load(i, now);
    }
    double bound = Math.ceil(factor * total / workers);
    int best = 0;
    long bestRank = -1;
    long leastLoad = Long.MAX_VALUE;
    for (int i = 0; i < workers; i++) {
      long load = loads.load(i, now);
      // Loads may have changed since they were summed up, so there may be none below the bound.
      if (load + 1 > bound && bestRank < 0 && load < leastLoad) {
        leastLoad = load;
        best = i;
      }
      long rank = Integer.toUnsignedLong(Fmix32.mix(hash + Fmix32.mix(i + 1)));
      if (load + 1 <= bound && rank > bestRank) {
        bestRank = rank;
        best = i;
      }
    }
    return best;
  }
}
