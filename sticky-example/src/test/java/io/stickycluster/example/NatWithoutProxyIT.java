package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 60 real socket.io clients that share one address, as those of one office do. */
class NatWithoutProxyIT {

  @BeforeAll
  static void installClients() {
    NodeClients.require();
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void clientsThatBringAnIdAreScatteredAndKeepTheirWorker(String transport) {
    try (ExampleProcess cluster = start("--transport=" + transport, "--key=query:client")) {
      for (String transports : new String[] {"polling", "websocket", "polling,websocket"}) {
        assertThat(connect(cluster, transports).lines())
            .as("with transports %s over %s", transports, transport)
            .containsExactly("kept=60 of=60 workers=0,1,2");
      }
    }
  }

  @Test
  void aSessionIdIsNoKeyBecauseTheFirstRequestHasNone() {
    try (ExampleProcess cluster = start("--transport=nio", "--key=query:sid")) {
      NodeClients.Outcome outcome = connect(cluster, "polling");
      assertThat(outcome.exitCode()).as("%s", outcome.lines()).isEqualTo(1);
      assertThat(outcome.lines().get(0)).startsWith("kept=").doesNotStartWith("kept=60 ");
    }
  }

  private static ExampleProcess start(String transport, String key) {
    return ExampleProcess.startReady("--workers=3", transport, key);
  }

  private static NodeClients.Outcome connect(ExampleProcess cluster, String transports) {
    return NodeClients.run(
        "nat-clients.mjs", "http://127.0.0.1:" + cluster.port(), "60", transports);
  }
}
