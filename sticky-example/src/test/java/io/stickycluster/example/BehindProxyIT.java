package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 60 real socket.io clients, each with an address of its own, behind one proxy's address: the
 * configurations of docs/KEYS.md, run by the real servers.
 */
class BehindProxyIT {

  private static final String CLIENTS = "60";
  private static final List<String> TRANSPORTS =
      List.of("polling", "websocket", "polling,websocket");

  /** What stands in front of the cluster, and the key that sees through it. */
  enum Front {
    HAPROXY("proxy", "## HAProxy, PROXY protocol"),
    NGINX("header:X-Forwarded-For", "## nginx, X-Forwarded-For");

    private final String key;
    private final String heading;

    Front(String key, String heading) {
      this.key = key;
      this.heading = heading;
    }

    ReverseProxy start(ExampleProcess cluster) {
      String snippet = ReverseProxy.documented(heading);
      return this == HAPROXY
          ? ReverseProxy.haproxy(snippet, cluster)
          : ReverseProxy.nginx(snippet, cluster);
    }
  }

  @BeforeAll
  static void installClients() {
    NodeClients.require();
  }

  @ParameterizedTest
  @CsvSource({
    "HAPROXY, netty, connection",
    "HAPROXY, nio, bytes",
    "NGINX, netty, connection",
    "NGINX, nio, bytes"
  })
  void withTheRightKeyClientsAreScatteredAndKeepTheirWorker(
      Front front, String transport, String handOver) {
    try (ExampleProcess cluster =
            start("--transport=" + transport, "--key=" + front.key, "--trust=loopback");
        ReverseProxy proxy = front.start(cluster)) {
      assertThat(cluster.ready().handOver()).isEqualTo(handOver);
      for (String client : List.of("127.0.0.2", "127.0.3.4", "127.5.6.7")) {
        WhoIs who = WhoIs.of(proxy.send(client, TestHttp.request("GET", "/whoami", "")));
        assertThat(who.client()).isEqualTo(client);
      }
      for (String transports : TRANSPORTS) {
        assertThat(connect(proxy, transports).lines())
            .as("with transports %s", transports)
            .containsExactly("kept=60 of=60 workers=0,1,2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void withTheDefaultKeyAllClientsOfAProxyShareOneWorker(String transport) {
    String withoutHeader =
        ReverseProxy.documented(Front.HAPROXY.heading).replace(" send-proxy-v2", "");
    try (ExampleProcess cluster = start("--transport=" + transport);
        ReverseProxy haproxy = ReverseProxy.haproxy(withoutHeader, cluster);
        ReverseProxy nginx = Front.NGINX.start(cluster)) {
      int itsWorker = cluster.whoIs("127.0.0.1").worker();
      for (ReverseProxy proxy : List.of(haproxy, nginx)) {
        assertThat(connect(proxy, "websocket").lines())
            .containsExactly("kept=60 of=60 workers=" + itsWorker);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "cookie:sid,header:X-Forwarded-For,ip"})
  void autoSaysWhyTheKernelCannotSteerByTheKey(String key) {
    try (ExampleProcess cluster =
        ExampleProcess.startReady(
            "--workers=1", "--transport=netty", "--key=" + key, "--trust=loopback")) {
      assertThat(cluster.ready().handOver()).isEqualTo("connection");
      assertThat(Stream.concat(cluster.out().stream(), cluster.err().stream()))
          .anyMatch(
              line ->
                  line.contains("hand-over connection: ")
                      && line.contains("the key is read from what the client sends"));
    }
  }

  private static ExampleProcess start(String... options) {
    return ExampleProcess.startReady(
        Stream.concat(Stream.of("--workers=3"), Stream.of(options)).toArray(String[]::new));
  }

  private static NodeClients.Outcome connect(ReverseProxy proxy, String transports) {
    return NodeClients.run("clients.mjs", proxy.url(), CLIENTS, transports);
  }
}
