package io.stickycluster.spi;

import io.stickycluster.Balancer;
import java.util.function.IntToLongFunction;

/**
 * Makes balancers of one kind; found by {@link java.util.ServiceLoader} and chosen by name.
 *
 * <p>Implementations need a public no-argument constructor that does not throw.
 */
public interface BalancerProvider {

  /** Returns the name users choose this balancer by, such as {@code modulo}. */
  String name();

  /**
   * Makes a balancer.
   *
   * @param workers the number of workers, at least 1
   * @param openConnections the number of connections now open on the worker of an index, safe to
   *     ask from any thread; balancers that do not look at load ignore it
   */
  Balancer create(int workers, IntToLongFunction openConnections);
}
