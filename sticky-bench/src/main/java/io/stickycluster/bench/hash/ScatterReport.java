package io.stickycluster.bench.hash;

import io.stickycluster.Balancer;
import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.spi.HashStrategy;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Measures strategies and prints what came out. For use by one thread. */
final class ScatterReport {

  private static final int POPULATIONS = 6;

  private final List<HashStrategy> strategies;
  private final Balancers balancers;
  private final String balancerName;
  private final int workers;
  private final int addresses;
  private final long seed;
  private final Map<HashStrategy, Scatter> loops = new LinkedHashMap<>();
  private final ScatterChart chart = new ScatterChart();

  /**
   * Makes a report.
   *
   * @param seed of the random addresses
   * @throws IllegalArgumentException if there is no such balancer or it can't serve that many
   *     workers
   */
  ScatterReport(
      List<HashStrategy> strategies,
      Balancers balancers,
      String balancer,
      int workers,
      int addresses,
      long seed) {
    this.strategies = strategies;
    this.balancers = balancers;
    this.balancerName = balancer;
    this.workers = workers;
    this.addresses = addresses;
    this.seed = seed;
    strategies.forEach(strategy -> loops.put(strategy, ScatterLoop.copy()));
    balancer(balancer, workers);
  }

  /** Returns how often the progress will be told of a step. */
  int steps() {
    return strategies.size() * (2 + POPULATIONS);
  }

  private Balancer balancer(String name, int count) {
    return balancers.require(name).create(count, index -> 0);
  }

  /** Prints what the original benchmark prints, then the same for the bytes of the addresses. */
  void printAsOriginal(PrintWriter out, Progress progress) {
    out.println("generating random ips...");
    Population text = Population.mixedAsOriginal(new Random(seed), addresses);
    Population bytes = Population.mixed(new Random(seed), addresses);
    out.println("benchmarking...");
    printBlocks(out, text, progress);
    out.println();
    out.println("the same addresses as bytes, the form a cluster hashes unless told otherwise");
    printBlocks(out, bytes, progress);
    out.println();
  }

  private void printBlocks(PrintWriter out, Population population, Progress progress) {
    for (HashStrategy strategy : strategies) {
      progress.step(strategy.name());
      try {
        Measurement measured = measure(strategy, population);
        progress.close();
        out.println(strategy.name());
        out.println(String.format(Locale.ROOT, "  time (ms):  %.2f", measured.millis()));
        out.println(
            "  scatter:  "
                + Arrays.toString(measured.counts()).replace("[", "[ ").replace("]", " ]"));
        chart.add(strategy.name(), population.isText(), measured);
      } catch (RuntimeException | LinkageError e) { // an own strategy's fault is its own
        progress.close();
        out.println(strategy.name());
        out.println("  failed: " + e);
      }
    }
  }

  private Measurement measure(HashStrategy strategy, Population population) {
    return Measurement.of(
        loops.getOrDefault(strategy, ScatterLoop.copy()),
        strategy,
        balancer(balancerName, workers),
        population);
  }

  /** Prints time and evenness for several kinds of clients. */
  void printTable(PrintWriter out, KeyForm form, Progress progress) {
    progress.close();
    out.printf(
        "%d workers, keys as %s, balancer %s; chi-square of a random deal: about %d%n",
        workers, form, balancerName, workers - 1);
    out.printf(
        "%-10s %-17s %8s %12s %9s %9s%n",
        "strategy", "clients", "ns/op", "chi-square", "max/mean", "min/mean");
    for (Population population : populations(form)) {
      for (HashStrategy strategy : strategies) {
        progress.step(population.name() + ", " + strategy.name());
        String row = row(strategy, population);
        progress.close();
        out.println(row);
      }
    }
    out.println();
  }

  private String row(HashStrategy strategy, Population population) {
    try {
      Measurement measured = measure(strategy, population);
      return String.format(
          Locale.ROOT,
          "%-10s %-17s %8.1f %12.1f %9.3f %9.3f",
          strategy.name(),
          population.name(),
          measured.nanosPerKey(),
          measured.chiSquare(),
          measured.maxOverMean(),
          measured.minOverMean());
    } catch (RuntimeException | LinkageError e) { // as above
      return String.format("%-10s %-17s failed: %s", strategy.name(), population.name(), e);
    }
  }

  private List<Population> populations(KeyForm form) {
    Random random = new Random(seed);
    List<Population> populations = new ArrayList<>();
    populations.add(Population.randomIpv4(random, addresses, form));
    populations.add(Population.randomIpv6(random, addresses, form));
    populations.add(Population.block(addresses, form));
    populations.add(Population.gateways(random, addresses, form));
    populations.add(Population.network64(random, addresses, form));
    populations.add(Population.zipf(random, addresses, form));
    return populations;
  }

  /** Prints how many clients change their worker when one worker is added. */
  void printMoved(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "clients moved from %d to %d workers (at the least %.1f %%)%n",
        workers,
        workers + 1,
        100.0 / (workers + 1));
    Population population = Population.mixed(new Random(seed), addresses);
    for (String name : List.of(Balancers.MODULO, Balancers.MINIMAL_MOVE)) {
      Balancer before = balancer(name, workers);
      Balancer after = balancer(name, workers + 1);
      for (HashStrategy strategy : strategies) {
        out.printf(
            "  %-13s %-10s %s%n",
            name, strategy.name(), moved(strategy, before, after, population));
      }
    }
  }

  private static String moved(
      HashStrategy strategy, Balancer before, Balancer after, Population population) {
    try {
      int moved = 0;
      int start = 0;
      for (int end : population.ends()) {
        int hash = strategy.hash(population.keys(), start, end - start);
        moved += before.index(hash) == after.index(hash) ? 0 : 1;
        start = end;
      }
      return String.format(Locale.ROOT, "%5.1f %%", 100.0 * moved / population.count());
    } catch (RuntimeException | LinkageError e) { // as above
      return "failed: " + e;
    }
  }

  /** Returns the chart of what {@link #printAsOriginal} measured. */
  ScatterChart chart() {
    return chart;
  }
}
