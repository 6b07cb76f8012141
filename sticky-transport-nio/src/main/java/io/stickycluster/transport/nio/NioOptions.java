package io.stickycluster.transport.nio;

import io.stickycluster.spi.TransportSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The transport's own options, parsed and checked.
 *
 * @param loops the number of proxy threads
 * @param maxConnections the most connections open at once, or 0 to derive it from the limit of
 *     descriptors
 * @param connectTimeout how long a worker may take to accept a connection
 * @param idleTimeout how long a connection may be silent both ways
 * @param halfClosedTimeout how long a connection may be silent after the worker ended its side
 */
record NioOptions(
    int loops,
    int maxConnections,
    Duration connectTimeout,
    Duration idleTimeout,
    Duration halfClosedTimeout) {

  private static final Set<String> NAMES =
      new TreeSet<>(
          List.of(
              "loops",
              "max-connections",
              "connect-timeout",
              "idle-timeout",
              "half-closed-timeout"));
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException if one is unknown or out of its range
   */
  static NioOptions of(TransportSettings settings) {
    String handOver = settings.handOver();
    if (!handOver.equals("auto") && !handOver.equals("bytes")) {
      throw new IllegalArgumentException(
          "hand-over of transport nio: " + handOver + "; there are auto and bytes");
    }
    Map<String, String> options = settings.options();
    for (String name : options.keySet()) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "transport nio has no option " + name + "; there are " + String.join(", ", NAMES));
      }
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return new NioOptions(
        number("loops", options.get("loops"), Math.min(processors, 2), 1, 64),
        number("max-connections", options.get("max-connections"), 0, 1, Integer.MAX_VALUE),
        duration("connect-timeout", options.get("connect-timeout"), Duration.ofSeconds(10)),
        duration("idle-timeout", options.get("idle-timeout"), Duration.ofHours(1)),
        duration(
            "half-closed-timeout", options.get("half-closed-timeout"), Duration.ofSeconds(60)));
  }

  private static int number(
      String name, @Nullable String value, int unset, int least, int greatest) {
    if (value == null) {
      return unset;
    }
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      number = -1;
    }
    if (number < least || number > greatest) {
      throw new IllegalArgumentException(
          "option "
              + name
              + " of transport nio: "
              + value
              + " is not a number from "
              + least
              + " to "
              + greatest);
    }
    return (int) number;
  }

  private static Duration duration(String name, @Nullable String value, Duration unset) {
    if (value == null) {
      return unset;
    }
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (!duration.isZero()) {
        return duration;
      }
    }
    throw new IllegalArgumentException(
        "option "
            + name
            + " of transport nio: "
            + value
            + " is not a duration above 0 such as 500ms, 60s, 5m or 1h");
  }
}
