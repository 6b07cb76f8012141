package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.spi.HashStrategy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients behind one address whose keys happen to hash to one worker far more often than to others,
 * each with a connection that stays open.
 */
class BoundedLoadWithoutProxyIT {

  private static final int WORKERS = 3;
  private static final int[] KEYS_BY_REMAINDER = {160, 40, 40};
  private static final int KEYS = 240;
  private static final int MEAN = KEYS / WORKERS;
  private static final int BOUND = 100; // 1.25 x the mean

  /** Counts may come so late that what was sent is forgotten before it shows in them. */
  private static final int SLACK = MEAN / 10;

  private static final HashStrategy DJB2 =
      ServiceLoader.load(HashStrategy.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(strategy -> strategy.name().equals("djb2"))
          .findFirst()
          .orElseThrow();

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void noWorkerGetsMuchMoreThanTheMeanAndKeysStay(String transport) {
    List<String> keys = skewedKeys();
    try (ExampleProcess cluster = start("--transport=" + transport, "--balancer=bounded-load");
        OpenRequests open = new OpenRequests(cluster.port())) {
      Map<String, String> placed = workers(keys, open::send);
      assertThat(counts(placed).values())
          .as("%s", counts(placed))
          .hasSize(WORKERS)
          .allMatch(count -> count <= BOUND + SLACK);

      Collections.shuffle(keys, new Random(1));
      assertThat(workers(keys, open::send)).as("beside the first").containsAllEntriesOf(placed);
      open.closeAll();
      assertThat(workers(keys, open::send)).as("after the first").containsAllEntriesOf(placed);
    }
  }

  @Test
  void withoutTheBoundOneWorkerGetsTwiceTheMean() {
    try (ExampleProcess cluster = start("--transport=nio", "--balancer=modulo");
        OpenRequests open = new OpenRequests(cluster.port())) {
      assertThat(counts(workers(skewedKeys(), open::send)))
          .isEqualTo(Map.of("0", 160, "1", 40, "2", 40));
    }
  }

  private static ExampleProcess start(String transport, String balancer) {
    return ExampleProcess.startReady("--workers=3", "--key=query:client", transport, balancer);
  }

  /** Sends a request for every key at once, and returns who answers. */
  private static Map<String, String> workers(
      List<String> keys, Function<String, Supplier<String>> send) {
    Map<String, Supplier<String>> answers = new LinkedHashMap<>();
    keys.forEach(
        key ->
            answers.put(
                key, send.apply("GET /whoami?client=" + key + " HTTP/1.1\r\nHost: test\r\n\r\n")));
    Map<String, String> workers = new HashMap<>();
    answers.forEach((key, answer) -> workers.put(key, answer.get()));
    return workers;
  }

  private static Map<String, Integer> counts(Map<String, String> workers) {
    Map<String, Integer> counts = new HashMap<>();
    workers.values().forEach(worker -> counts.merge(worker, 1, Integer::sum));
    return counts;
  }

  private static List<String> skewedKeys() {
    int[] wanted = KEYS_BY_REMAINDER.clone();
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < KEYS; i++) {
      String key = "client-" + i;
      byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
      int remainder = Integer.remainderUnsigned(DJB2.hashText(bytes, 0, bytes.length), WORKERS);
      if (wanted[remainder]-- > 0) {
        keys.add(key);
      }
    }
    return keys;
  }
}
