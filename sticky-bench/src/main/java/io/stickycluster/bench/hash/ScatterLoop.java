package io.stickycluster.bench.hash;

import io.stickycluster.Balancer;
import io.stickycluster.spi.HashStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * The measured loop: hashes every key of a population and counts where it goes.
 *
 * <p>A cluster uses one strategy, and the compiler knows it. A loop that has seen several would
 * call them more slowly the later they come, so each strategy gets its own copy of the loop's
 * class.
 */
final class ScatterLoop implements Scatter {

  /** Not private, as copies are made from outside of them. */
  ScatterLoop() {}

  /** Returns a loop that no other strategy has run in. */
  static Scatter copy() {
    try (InputStream in = ScatterLoop.class.getResourceAsStream("ScatterLoop.class")) {
      byte[] code = Objects.requireNonNull(in, "ScatterLoop.class").readAllBytes();
      MethodHandles.Lookup copy = MethodHandles.lookup().defineHiddenClass(code, true);
      return (Scatter) copy.lookupClass().getDeclaredConstructor().newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void run(HashStrategy strategy, Balancer balancer, Population population, int[] counts) {
    if (population.isText()) {
      runText(strategy, balancer, population, counts);
    } else {
      runBytes(strategy, balancer, population, counts);
    }
  }

  private static void runText(
      HashStrategy strategy, Balancer balancer, Population population, int[] counts) {
    byte[] keys = population.keys();
    int start = 0;
    for (int end : population.ends()) {
      counts[balancer.index(strategy.hashText(keys, start, end - start))]++;
      start = end;
    }
  }

  private static void runBytes(
      HashStrategy strategy, Balancer balancer, Population population, int[] counts) {
    byte[] keys = population.keys();
    int start = 0;
    for (int end : population.ends()) {
      counts[balancer.index(strategy.hash(keys, start, end - start))]++;
      start = end;
    }
  }
}
