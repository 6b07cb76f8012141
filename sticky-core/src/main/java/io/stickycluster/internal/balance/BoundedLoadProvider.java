package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import io.stickycluster.spi.BalancerProvider;
import java.time.Duration;
import java.util.function.IntToLongFunction;

/**
 * {@code bounded-load}: at most 1.25 × the mean load on a worker where that moves no key; remembers
 * 100,000 keys in about 4 MB for 24 hours.
 *
 * <p>The balancer learns of a connection when it opens, not when it closes, so the expiry has to
 * outlast connections: a key would otherwise be forgotten while a WebSocket of it is still open.
 */
public final class BoundedLoadProvider implements BalancerProvider {

  private static final double FACTOR = 1.25;
  private static final int MAX_KEYS = 100_000;
  private static final Duration EXPIRY = Duration.ofHours(24);

  @Override
  public String name() {
    return "bounded-load";
  }

  @Override
  public Balancer create(int workers, IntToLongFunction openConnections) {
    return new BoundedLoadBalancer(
        workers,
        FACTOR,
        openConnections,
        new BoundedLoadMemory(MAX_KEYS, EXPIRY.toNanos()),
        System::nanoTime);
  }
}
