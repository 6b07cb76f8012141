package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which address goes to which worker, whatever the road and the kind of socket. */
class AddressesIT {

  private static final int WORKERS = 3;
  private static final List<String> IPV4_CLIENTS =
      IntStream.rangeClosed(1, 24).mapToObj(i -> "127.0.0." + i).toList();

  @EveryRoad
  void everyRoadSendsAnAddressToTheWorkerOfItsHash(String road) {
    // A socket for every address is an IPv6 socket, to which IPv4 clients come as IPv4-mapped.
    try (ExampleProcess example = start(road)) {
      for (String client : IPV4_CLIENTS) {
        assertServedByItsWorker(example, client);
      }
      assertServedByItsWorker(example, "::1");
    }
    try (ExampleProcess example = start(road + " --host=127.0.0.1")) {
      assertThat(example.ready().host()).isEqualTo("127.0.0.1");
      for (String client : IPV4_CLIENTS) {
        assertServedByItsWorker(example, client);
      }
    }
  }

  @Test
  void everyResponseSaysWhichWorkerItIsFrom() {
    try (ExampleProcess example = start("--transport=netty")) {
      for (String client : IPV4_CLIENTS.subList(0, 8)) {
        String worker = Integer.toString(Djb2.worker(client, WORKERS));
        for (String path :
            List.of("/", "/hello", "/nowhere", "/socket.io/?EIO=4&transport=polling")) {
          assertThat(example.http(path, client).worker()).as(path).isEqualTo(worker);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hand-over=listener", "--hand-over=connection"})
  void anAddressPrefixMakesANetworkOneClient(String road) {
    try (ExampleProcess example = start(road + " --ipv4-prefix=24")) {
      int networks = 12;
      Set<Integer> workers = new HashSet<>();
      for (int network = 0; network < networks; network++) {
        int worker = example.whoIs("127.0." + network + ".1").worker();
        for (int host : new int[] {2, 99, 254}) {
          assertThat(example.whoIs("127.0." + network + "." + host).worker()).isEqualTo(worker);
        }
        workers.add(worker);
      }
      assertThat(workers).as("%d networks", networks).hasSize(WORKERS);
    }
  }

  private static ExampleProcess start(String options) {
    return ExampleProcess.startReady(("--workers=" + WORKERS + " " + options).split(" ", -1));
  }

  private static void assertServedByItsWorker(ExampleProcess example, String client) {
    WhoIs who = example.whoIs(client);
    assertThat(who.client()).isEqualTo(client);
    assertThat(who.worker()).as(client).isEqualTo(Djb2.worker(client, WORKERS));
    assertThat(who.env())
        .isEqualTo(
            Map.of(
                "stickycluster_worker_index",
                Integer.toString(who.worker()),
                "CHAT_ROOM",
                List.of("Harbour", "Lighthouse", "Orchard").get(who.worker())));
  }
}
