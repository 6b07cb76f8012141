package io.stickycluster.internal;

import io.stickycluster.spi.TransportProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds transports by ServiceLoader and chooses one. */
public final class TransportProviders {

  private static final Logger log = LoggerFactory.getLogger(TransportProviders.class);

  /** Which artifact brings which built-in transport. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "netty", "io.stickycluster:sticky-transport-netty",
          "nio", "io.stickycluster:sticky-transport-nio");

  private static final Comparator<TransportProvider> BEST_FIRST =
      Comparator.comparingInt(TransportProvider::priority)
          .reversed()
          .thenComparing(TransportProvider::name);

  private final List<TransportProvider> providers;

  TransportProviders(List<TransportProvider> providers) {
    this.providers = providers.stream().sorted(BEST_FIRST).toList();
  }

  /** Finds the transports there are. */
  public static TransportProviders load() {
    List<TransportProvider> found = new ArrayList<>();
    ServiceLoader.load(TransportProvider.class).forEach(found::add);
    return new TransportProviders(found);
  }

  /**
   * Returns the transport of a name, or without one the best that works here.
   *
   * @throws IllegalArgumentException if there is none; says what there is and what to add
   */
  public TransportProvider choose(@Nullable String name) {
    return name == null ? best() : require(name);
  }

  private TransportProvider best() {
    List<TransportProvider> able =
        providers.stream().filter(provider -> provider.unavailable().isEmpty()).toList();
    if (able.isEmpty()) {
      throw new IllegalArgumentException(
          "no transport works here"
              + (providers.isEmpty() ? "" : " (" + describe() + ")")
              + "; add "
              + ARTIFACTS.get("nio")
              + " (every OS) or "
              + ARTIFACTS.get("netty")
              + " (Linux) to the class path");
    }
    TransportProvider best = able.get(0);
    if (providers.size() > 1) {
      log.info("transport {} chosen among: {}", best.name(), describe());
    }
    return best;
  }

  private TransportProvider require(String name) {
    for (TransportProvider provider : providers) {
      if (provider.name().equals(name)) {
        if (provider.unavailable().isPresent()) {
          throw new IllegalArgumentException(
              "transport " + name + " can't work here: " + provider.unavailable().get());
        }
        return provider;
      }
    }
    String artifact = ARTIFACTS.get(name);
    throw new IllegalArgumentException(
        "there is no transport '"
            + name
            + "' on the class path; there is: "
            + (providers.isEmpty() ? "none" : describe())
            + (artifact == null ? "" : "; add " + artifact));
  }

  private String describe() {
    return providers.stream()
        .map(p -> p.name() + p.unavailable().map(why -> " (unavailable: " + why + ")").orElse(""))
        .collect(Collectors.joining(", "));
  }
}
