package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which address goes to which worker, whatever the road and the kind of socket. */
class AddressesIT {

  private static final String[][] ROADS = {
    {"--transport=netty", "--hand-over=listener"},
    {"--transport=netty", "--hand-over=connection"},
    {"--transport=nio"}
  };

  @Test
  void allRoadsSendAnAddressToTheSameWorker() {
    List<Map<String, Integer>> answers = new ArrayList<>();
    for (String[] road : ROADS) {
      try (ExampleProcess example = start(road, "--workers=3")) {
        answers.add(workers(example));
      }
    }
    assertThat(answers.get(0)).containsKey("::1");
    assertThat(answers.get(0).values()).contains(0, 1, 2);
    assertThat(answers).allMatch(answers.get(0)::equals);
  }

  @Test
  void ipv4ClientsGoToTheSameWorkerOnAnIpv4SocketAndMappedOnAnIpv6Socket() {
    for (String[] road : ROADS) {
      Map<String, Integer> mapped;
      try (ExampleProcess example = start(road, "--workers=3")) {
        mapped = workers(example);
      }
      mapped.remove("::1");
      try (ExampleProcess example = start(road, "--workers=3", "--host=127.0.0.1")) {
        assertThat(example.ready().host()).isEqualTo("127.0.0.1");
        for (Map.Entry<String, Integer> client : mapped.entrySet()) {
          assertThat(example.whoIs(client.getKey()).worker())
              .as("%s over %s", client.getKey(), String.join(" ", road))
              .isEqualTo(client.getValue());
        }
      }
    }
  }

  @Test
  void everyResponseSaysWhichWorkerItIsFromAndEveryWorkerHasTheVariablesOfItsIndex() {
    try (ExampleProcess example = start(new String[] {"--transport=netty"}, "--workers=2")) {
      for (int i = 1; i <= 8; i++) {
        String client = "127.0.0." + i;
        WhoIs who = example.whoIs(client);
        String worker = Integer.toString(who.worker());
        assertThat(who.env())
            .containsEntry("stickycluster_worker_index", worker)
            .containsEntry("CHAT_ROOM", List.of("Harbour", "Lighthouse").get(who.worker()))
            .hasSize(2);
        for (String path :
            List.of("/", "/hello", "/nowhere", "/socket.io/?EIO=4&transport=polling")) {
          assertThat(example.http(path, client).worker()).as(path).isEqualTo(worker);
        }
      }
    }
  }

  private static ExampleProcess start(String[] road, String... options) {
    List<String> arguments = new ArrayList<>(List.of(road));
    arguments.addAll(List.of(options));
    return ExampleProcess.startReady(arguments.toArray(String[]::new));
  }

  /** Returns the worker of each client, by the address that the worker itself sees. */
  private static Map<String, Integer> workers(ExampleProcess example) {
    Map<String, Integer> workers = new TreeMap<>();
    for (int i = 1; i <= 24; i++) {
      WhoIs who = example.whoIs("127.0.0." + i);
      assertThat(who.client()).isEqualTo("127.0.0." + i);
      workers.put(who.client(), who.worker());
    }
    WhoIs who = example.whoIs("::1");
    workers.put(who.client(), who.worker());
    return workers;
  }
}
