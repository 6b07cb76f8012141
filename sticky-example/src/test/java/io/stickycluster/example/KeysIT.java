package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients behind a trusted proxy, told by what it says. */
class KeysIT {

  private static final int WORKERS = 2;
  private static final String CLIENT = "203.0.113.7";

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aTrustedProxyHeaderTellsTheClient(String transport) {
    try (ExampleProcess example = start("--key=proxy", "--trust=loopback", transport)) {
      String header = "PROXY TCP4 " + CLIENT + " 127.0.0.1 4711 80\r\n";
      assertThat(whoIs(example, header, "")).isEqualTo(CLIENT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aTrustedForwardedHeaderTellsTheClient(String transport) {
    String key = "--key=header:X-Forwarded-For";
    try (ExampleProcess example = start(key, "--trust=loopback", transport)) {
      String header = "X-Forwarded-For: 198.51.100.1, " + CLIENT + "\r\n";
      assertThat(whoIs(example, "", header)).isEqualTo(CLIENT);
    }
  }

  @Test
  void aForwardedHeaderOfAStrangerCountsForNothing() {
    String key = "--key=header:X-Forwarded-For";
    try (ExampleProcess example = start(key, "--trust=10.0.0.0/8", "nio")) {
      String header = "X-Forwarded-For: " + CLIENT + "\r\n";
      assertThat(whoIs(example, "", header)).isEqualTo("127.0.0.1");
    }
  }

  private static ExampleProcess start(String key, String trust, String transport) {
    return ExampleProcess.startReady(
        "--workers=" + WORKERS, key, trust, "--transport=" + transport);
  }

  private static String whoIs(ExampleProcess example, String before, String header) {
    String request = TestHttp.request("GET", "/whoami", "").replace("Host:", header + "Host:");
    WhoIs who =
        WhoIs.of(
            TestHttp.exchange(
                TestHttp.address("127.0.0.1"),
                example.port(),
                TestHttp.address("127.0.0.1"),
                before + request));
    assertThat(who.worker()).isEqualTo(Djb2.worker(who.client(), WORKERS));
    return who.client();
  }
}
