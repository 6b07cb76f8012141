package io.stickycluster;

import java.time.Duration;

/** Checks of option values whose messages name the option, the value and the bounds. */
final class Bounds {

  private Bounds() {}

  static int within(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          option + " must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  static Duration within(String option, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          option + " must be from " + text(min) + " to " + text(max) + ", not " + text(value));
    }
    return value;
  }

  static double within(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          option + " must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
