package io.stickycluster.bench.transport;

import java.util.List;

/** Computes medians. */
final class Medians {

  private Medians() {}

  /** Returns the median, for an even number the mean of the middle two; NaN of nothing. */
  static double of(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
