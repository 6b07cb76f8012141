package io.stickycluster.bench.hash;

import io.stickycluster.Balancer;
import io.stickycluster.spi.HashStrategy;
import java.util.Arrays;

/** How long a strategy and a balancer took for a population, and where its clients went. */
final class Measurement {

  /** Until the just-in-time compiler is done with the loop. */
  private static final long WARM_UP_NANOS = 150_000_000;

  private static final int MIN_WARM_UP_PASSES = 5;
  private static final int PASSES = 11;

  private final long nanos;
  private final int[] counts;

  private Measurement(long nanos, int[] counts) {
    this.nanos = nanos;
    this.counts = counts;
  }

  /** Measures, on the calling thread. */
  static Measurement of(
      Scatter loop, HashStrategy strategy, Balancer balancer, Population population) {
    int[] ignored = new int[balancer.workers()];
    long start = System.nanoTime();
    for (int i = 0; i < MIN_WARM_UP_PASSES || System.nanoTime() - start < WARM_UP_NANOS; i++) {
      loop.run(strategy, balancer, population, ignored);
    }
    long[] nanos = new long[PASSES];
    int[] counts = new int[balancer.workers()];
    for (int i = 0; i < PASSES; i++) {
      Arrays.fill(counts, 0);
      long before = System.nanoTime();
      loop.run(strategy, balancer, population, counts);
      nanos[i] = System.nanoTime() - before;
    }
    Arrays.sort(nanos);
    return new Measurement(nanos[PASSES / 2], counts);
  }

  /** Returns the number of clients on each index. */
  int[] counts() {
    return counts;
  }

  /** Returns the time of one pass over all keys: the median of several, once warm. */
  double millis() {
    return nanos / 1e6;
  }

  double nanosPerKey() {
    return (double) nanos / Arrays.stream(counts).sum();
  }

  double mean() {
    return Arrays.stream(counts).average().orElseThrow();
  }

  double maxOverMean() {
    return Arrays.stream(counts).max().orElseThrow() / mean();
  }

  double minOverMean() {
    return Arrays.stream(counts).min().orElseThrow() / mean();
  }

  /**
   * Returns Pearson's chi-square against equal shares: about the number of workers less 1 if the
   * clients were dealt at random, less if more evenly.
   */
  double chiSquare() {
    double mean = mean();
    return Arrays.stream(counts).mapToDouble(count -> (count - mean) * (count - mean) / mean).sum();
  }
}
