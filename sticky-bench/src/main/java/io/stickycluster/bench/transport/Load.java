package io.stickycluster.bench.transport;

import java.time.Duration;
import java.util.List;

/**
 * One order to the load generator.
 *
 * @param port where the server listens on the loopback address
 * @param workload what to ask for
 * @param connections how many connections are open at once
 * @param time for how long new requests are sent
 */
record Load(int port, Workload workload, int connections, Duration time) {

  /** Returns one line that says this. */
  String toLine() {
    return "%d %s %d %d".formatted(port, workload.label(), connections, time.toMillis());
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it isn't one of {@link #toLine()}'s
   */
  static Load parse(String line) {
    List<String> words = List.of(line.split(" ", -1));
    if (words.size() != 4) {
      throw new IllegalArgumentException("not an order: " + line);
    }
    return new Load(
        Integer.parseInt(words.get(0)),
        Workload.of(words.get(1)),
        Integer.parseInt(words.get(2)),
        Duration.ofMillis(Long.parseLong(words.get(3))));
  }

  /**
   * What came of an order.
   *
   * @param requests how many got the answer they should
   * @param nanos from the first connection to the last answer
   * @param errors how many did not
   * @param firstError what was wrong with the first one, or an empty text
   */
  record Result(long requests, long nanos, long errors, String firstError) {

    /** Returns one line that says this. */
    String toLine() {
      return "%d %d %d %s".formatted(requests, nanos, errors, firstError.replace('\n', ' '));
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it isn't one of {@link #toLine()}'s
     */
    static Result parse(String line) {
      List<String> words = List.of(line.split(" ", 4));
      if (words.size() != 4) {
        throw new IllegalArgumentException("not a result: " + line);
      }
      return new Result(
          Long.parseLong(words.get(0)),
          Long.parseLong(words.get(1)),
          Long.parseLong(words.get(2)),
          words.get(3));
    }

    /** Returns the answers per second. */
    double perSecond() {
      return nanos == 0 ? 0 : requests * 1e9 / nanos;
    }
  }
}
