package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The npm package socket.io-client, 60 times, against the built example. */
class SocketIoClientsIT {

  private static final String CLIENTS = "60";

  @BeforeAll
  static void installClients() {
    NodeClients.require();
  }

  @EveryRoad
  void everyClientKeepsItsWorkerForFiveAsks(String road) {
    try (ExampleProcess example = start(road)) {
      for (String transports : new String[] {"polling", "websocket", "polling,websocket"}) {
        NodeClients.Outcome outcome = connect(example, transports);
        assertThat(outcome.lines())
            .as("with transports %s over %s", transports, road)
            .containsExactly("kept=60 of=60 workers=0,1,2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--transport=netty", "--transport=nio"})
  void clientsLoseTheirWorkerIfConnectionsGoRoundRobin(String road) {
    try (ExampleProcess example = start(road + " --balancer=round-robin")) {
      NodeClients.Outcome outcome = connect(example, "polling");
      assertThat(outcome.exitCode()).as("%s", outcome.lines()).isEqualTo(1);
      assertThat(outcome.lines().get(0)).startsWith("kept=").doesNotStartWith("kept=60 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--transport=netty", "--transport=nio"})
  void whatOneSaysReachesTheClientsOfEveryWorker(String road) {
    try (ExampleProcess example = start(road)) {
      NodeClients.Outcome outcome = NodeClients.run("broadcast.mjs", url(example), "12");
      assertThat(outcome.lines())
          .containsExactly("heard=36 of=36 workers=0,1,2", "people are those of the own worker");
    }
  }

  private static ExampleProcess start(String options) {
    return ExampleProcess.startReady(("--workers=3 " + options).split(" ", -1));
  }

  private static NodeClients.Outcome connect(ExampleProcess example, String transports) {
    return NodeClients.run("clients.mjs", url(example), CLIENTS, transports);
  }

  private static String url(ExampleProcess example) {
    return "http://127.0.0.1:" + example.port();
  }
}
