package io.stickycluster.internal.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The providers of one SPI, by name: which of them wins, and why the others don't.
 *
 * <p>Among several of one name that can work, the one of the highest priority wins, then the one
 * whose class name sorts first, so the choice does not hang on the order of the class path.
 * Providers that fail to load are left out and remarked upon, never thrown. Immutable.
 */
final class Providers<T> {

  /** What a provider says of itself. */
  record Traits(String name, int priority, Optional<String> unavailable) {}

  private record Candidate<T>(Traits traits, T provider) {
    String className() {
      return provider.getClass().getName();
    }
  }

  private final Map<String, T> usable = new TreeMap<>();
  private final Map<String, String> unavailable = new TreeMap<>();
  private final List<String> remarks = new ArrayList<>();

  /**
   * Finds providers.
   *
   * @param type the SPI
   * @param loader where to look; null means the system class loader
   * @param builtIns providers that are there in any case
   * @param traits reads what a provider says of itself
   */
  Providers(
      Class<T> type, @Nullable ClassLoader loader, List<T> builtIns, Function<T, Traits> traits) {
    List<Candidate<T>> candidates = new ArrayList<>();
    for (T provider : builtIns) {
      add(provider, traits, candidates);
    }
    Iterator<T> found = ServiceLoader.load(type, loader).iterator();
    while (true) {
      // A broken entry costs itself alone: the iterator goes on behind it.
      try {
        if (!found.hasNext()) {
          break;
        }
        add(found.next(), traits, candidates);
      } catch (ServiceConfigurationError e) {
        remarks.add("left out: " + e.getMessage());
      }
    }
    candidates.sort(
        Comparator.comparing((Candidate<T> c) -> c.traits().name())
            .thenComparing(c -> c.traits().priority(), Comparator.reverseOrder())
            .thenComparing(Candidate::className));
    candidates.forEach(this::settle);
    usable.keySet().forEach(unavailable::remove);
  }

  private void add(T provider, Function<T, Traits> traits, List<Candidate<T>> candidates) {
    try {
      Traits read = traits.apply(provider);
      if (read.name().isBlank()) {
        remarks.add("left out: " + provider.getClass().getName() + " has a blank name");
      } else {
        candidates.add(new Candidate<>(read, provider));
      }
    } catch (RuntimeException | LinkageError e) {
      remarks.add("left out: " + provider.getClass().getName() + " can't be asked its name: " + e);
    }
  }

  private void settle(Candidate<T> candidate) {
    String name = candidate.traits().name();
    Optional<String> reason = candidate.traits().unavailable();
    T winner = usable.get(name);
    if (reason.isPresent()) {
      unavailable.putIfAbsent(name, reason.get());
      remarks.add(candidate.className() + " ('" + name + "') is unavailable: " + reason.get());
    } else if (winner != null) {
      remarks.add(
          "'%s' means %s; %s of the same name is left out, by priority, then by class name"
              .formatted(name, winner.getClass().getName(), candidate.className()));
    } else {
      usable.put(name, candidate.provider());
    }
  }

  /** Returns the provider of a name, if one can work. */
  Optional<T> find(String name) {
    return Optional.ofNullable(usable.get(name));
  }

  /** Returns why no provider of this name works, or empty if there is none of this name at all. */
  Optional<String> whyUnavailable(String name) {
    return Optional.ofNullable(unavailable.get(name));
  }

  /** Returns the names that can be chosen, sorted. */
  List<String> names() {
    return List.copyOf(usable.keySet());
  }

  /** Returns one sentence for everything that was found but left out. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }
}
