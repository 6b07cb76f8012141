package io.stickycluster.bench.hash;

import io.stickycluster.Balancer;
import io.stickycluster.spi.HashStrategy;
import java.util.Arrays;

/** How long a strategy and a balancer took for a population, and where its clients went. */
final class Measurement {

  private static final long MIN_NANOS = 50_000_000;
  private static final long MAX_NANOS = 3_000_000_000L;

  /** After so many passes without a better one the compiler is done. */
  private static final int PATIENCE = 20;

  private final long nanos;
  private final int[] counts;

  private Measurement(long nanos, int[] counts) {
    this.nanos = nanos;
    this.counts = counts;
  }

  /**
   * Measures, on the calling thread. The best pass counts: others are slowed down by the compiler
   * before they are warm, and by what else the machine does.
   */
  static Measurement of(
      Scatter loop, HashStrategy strategy, Balancer balancer, Population population) {
    int[] counts = new int[balancer.workers()];
    long best = Long.MAX_VALUE;
    int passesSinceBest = 0;
    long start = System.nanoTime();
    long elapsed = 0;
    while (elapsed < MIN_NANOS || (passesSinceBest < PATIENCE && elapsed < MAX_NANOS)) {
      Arrays.fill(counts, 0);
      long before = System.nanoTime();
      loop.run(strategy, balancer, population, counts);
      long after = System.nanoTime();
      passesSinceBest = after - before < best ? 0 : passesSinceBest + 1;
      best = Math.min(best, after - before);
      elapsed = after - start;
    }
    return new Measurement(best, counts);
  }

  /** Returns the number of clients on each index. */
  int[] counts() {
    return counts;
  }

  /** Returns the time of the best pass over all keys. */
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
