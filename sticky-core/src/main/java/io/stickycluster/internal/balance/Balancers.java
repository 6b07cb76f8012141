package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import io.stickycluster.spi.BalancerProvider;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The balancers by name: the built-in ones, which no other can replace, and those on the class and
 * module path. Immutable.
 */
public final class Balancers {

  /** The name of the default, hash modulo number of workers. */
  public static final String MODULO = "modulo";

  /** The name of the balancer that moves the fewest clients when the number of workers changes. */
  public static final String MINIMAL_MOVE = "minimal-move";

  /** The name of the balancer that is not sticky, for demonstrations and counter-tests. */
  public static final String ROUND_ROBIN = "round-robin";

  private static final Logger LOG = LoggerFactory.getLogger(Balancers.class);
  private static final List<BalancerProvider> BUILT_INS =
      List.of(
          new BuiltIn(MODULO, (workers, open) -> new ModuloBalancer(workers)),
          new BuiltIn(MINIMAL_MOVE, (workers, open) -> new MinimalMoveBalancer(workers)),
          new BuiltIn(ROUND_ROBIN, (workers, open) -> new RoundRobinBalancer(workers)));

  private record BuiltIn(String name, BiFunction<Integer, IntToLongFunction, Balancer> maker)
      implements BalancerProvider {
    @Override
    public Balancer create(int workers, IntToLongFunction openConnections) {
      return maker.apply(workers, openConnections);
    }
  }

  private final Providers<BalancerProvider> providers;

  private Balancers(@Nullable ClassLoader loader) {
    providers =
        new Providers<>(
            BalancerProvider.class,
            loader,
            BUILT_INS,
            p -> new Providers.Traits(p.name(), p instanceof BuiltIn ? 1 : 0, Optional.empty()));
  }

  /** Finds the balancers that the current thread's context class loader sees. */
  public static Balancers load() {
    return load(Thread.currentThread().getContextClassLoader());
  }

  /** Finds the balancers that a class loader sees; null means the system class loader. */
  public static Balancers load(@Nullable ClassLoader loader) {
    Balancers balancers = new Balancers(loader);
    balancers.remarks().forEach(remark -> LOG.warn("balancers: {}", remark));
    return balancers;
  }

  /** Returns the names that can be chosen, sorted. */
  public List<String> names() {
    return providers.names();
  }

  /** Returns one sentence for each balancer that was found but can't be chosen. */
  public List<String> remarks() {
    return providers.remarks();
  }

  /**
   * Returns the balancer of a name.
   *
   * @throws IllegalArgumentException if there is none; says what there is
   */
  public BalancerProvider require(String name) {
    return providers
        .find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no balancer '%s': there are %s; add a jar with an own one"
                        .formatted(name, String.join(", ", names()))));
  }
}
