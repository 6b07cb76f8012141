package io.stickycluster.example;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times as people write them on command lines. */
final class Durations {

  // Nine digits of minutes fit a Duration by far, so nothing overflows.
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|)");

  private Durations() {}

  /**
   * Returns a time such as {@code 500ms}, {@code 60s}, {@code 2m} or {@code 1h}; a bare number
   * means seconds.
   *
   * @throws IllegalArgumentException if it isn't one; the message says what it must be
   */
  static Duration parse(String text) {
    Matcher matcher = TIME.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a time such as 500ms, 60s, 2m or 1h, not '" + text + "'");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofSeconds(amount);
    };
  }
}
