package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives every connection to the next worker, whoever the client is: not sticky. Here for
 * demonstrations and for tests that must fail without stickiness; never for a server with state.
 */
final class RoundRobinBalancer implements Balancer {

  private final int workers;
  private final AtomicInteger next = new AtomicInteger();

  RoundRobinBalancer(int workers) {
    this.workers = Workers.check(workers);
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int index(int hash) {
    return Integer.remainderUnsigned(next.getAndIncrement(), workers);
  }
}
