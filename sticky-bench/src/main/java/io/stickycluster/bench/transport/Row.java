package io.stickycluster.bench.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What all rounds showed of one target with one workload.
 *
 * @param target the target
 * @param samples one for each round, in order; none if the target could not take part
 * @param missing why the target could not take part, or an empty text
 */
record Row(Target target, List<Sample> samples, String missing) {

  Row {
    samples = List.copyOf(samples);
  }

  /** Returns the median of something. */
  double median(ToDoubleFunction<Sample> what) {
    return Medians.of(samples.stream().map(what::applyAsDouble).toList());
  }

  /**
   * Returns the median of the rounds' ratios to another target: the two were measured shortly one
   * after the other, so what slows the machine for a while cancels out. NaN without the other.
   */
  double ratioTo(@Nullable Row other, ToDoubleFunction<Sample> what) {
    if (other == null) {
      return Double.NaN;
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(samples.size(), other.samples.size()); i++) {
      ratios.add(what.applyAsDouble(samples.get(i)) / what.applyAsDouble(other.samples.get(i)));
    }
    return Medians.of(ratios);
  }

  long errors() {
    return samples.stream().mapToLong(Sample::errors).sum();
  }

  /** Returns what was wrong with the first request that failed, or an empty text. */
  String firstError() {
    return samples.stream()
        .map(Sample::firstError)
        .filter(error -> !error.isEmpty())
        .findFirst()
        .orElse("");
  }
}
