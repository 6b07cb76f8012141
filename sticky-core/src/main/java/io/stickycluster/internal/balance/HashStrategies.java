package io.stickycluster.internal.balance;

import io.stickycluster.spi.HashStrategy;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hash strategies on the class and module path, by name. Immutable. */
public final class HashStrategies {

  private static final Logger LOG = LoggerFactory.getLogger(HashStrategies.class);
  private static final String ARTIFACT = "io.stickycluster:sticky-hash";

  private final Providers<HashStrategy> providers;

  private HashStrategies(@Nullable ClassLoader loader) {
    providers =
        new Providers<>(
            HashStrategy.class,
            loader,
            List.of(),
            s -> new Providers.Traits(s.name(), s.priority(), s.unavailable()));
  }

  /** Finds the strategies that the current thread's context class loader sees. */
  public static HashStrategies load() {
    return load(Thread.currentThread().getContextClassLoader());
  }

  /** Finds the strategies that a class loader sees; null means the system class loader. */
  public static HashStrategies load(@Nullable ClassLoader loader) {
    HashStrategies strategies = new HashStrategies(loader);
    strategies.remarks().forEach(remark -> LOG.warn("hash strategies: {}", remark));
    return strategies;
  }

  /** Returns the names that can be chosen, sorted. */
  public List<String> names() {
    return providers.names();
  }

  /** Returns one sentence for each strategy that was found but can't be chosen. */
  public List<String> remarks() {
    return providers.remarks();
  }

  /**
   * Returns the strategy of a name.
   *
   * @throws IllegalArgumentException if there is none that works; says what there is
   */
  public HashStrategy require(String name) {
    return providers.find(name).orElseThrow(() -> new IllegalArgumentException(missing(name)));
  }

  /**
   * Returns the strategy of a name, with a seed if one is given.
   *
   * @throws IllegalArgumentException if there is none that works, or it takes no such seed
   */
  public HashStrategy require(String name, OptionalLong seed) {
    HashStrategy strategy = require(name);
    if (seed.isEmpty()) {
      return strategy;
    }
    if (!strategy.isSeedable()) {
      throw new IllegalArgumentException("hash strategy '" + name + "' takes no seed");
    }
    return strategy.seeded(seed.getAsLong());
  }

  private String missing(String name) {
    return providers
        .whyUnavailable(name)
        .map(reason -> "hash strategy '" + name + "' can't work here: " + reason)
        .orElseGet(
            () ->
                names().isEmpty()
                    ? "no hash strategy '%s': there is none at all; add the artifact %s"
                        .formatted(name, ARTIFACT)
                    : "no hash strategy '%s': there are %s; add the artifact %s or a jar with"
                            .formatted(name, String.join(", ", names()), ARTIFACT)
                        + " an own one");
  }
}
