package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forwarded addresses that somebody made up: they move nobody to another worker. */
class ProxySpoofingIT {

  private static final InetAddress LOOPBACK = TestHttp.address("127.0.0.1");
  private static final String REQUEST = TestHttp.request("GET", "/whoami", "");
  private static final List<String> CLIENTS =
      IntStream.rangeClosed(2, 7).mapToObj(i -> "127.0.0." + i).toList();
  private static final List<String> FORGED =
      IntStream.rangeClosed(1, 8).mapToObj(i -> "203.0.113." + i).toList();

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void claimsOfUntrustedClientsDoNotMoveThem(String transport) {
    try (ExampleProcess cluster =
        ExampleProcess.startReady(
            "--workers=3",
            "--transport=" + transport,
            "--key=header:X-Forwarded-For,header:Forwarded,proxy",
            "--trust=10.0.0.0/8")) {
      for (String client : CLIENTS) {
        WhoIs own = cluster.whoIs(client);
        assertThat(own.client()).isEqualTo(client);
        for (String forged : FORGED) {
          assertThat(WhoIs.of(send(cluster, client, forwarded("X-Forwarded-For: " + forged))))
              .isEqualTo(own);
          assertThat(WhoIs.of(send(cluster, client, forwarded("Forwarded: for=" + forged))))
              .isEqualTo(own);
          // The worker gets the header as it is, and it's no HTTP.
          for (String header : List.of(proxyVersion1(forged), proxyVersion2(forged))) {
            TestHttp.Response response = send(cluster, client, header + REQUEST);
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.worker()).isEqualTo(Integer.toString(own.worker()));
          }
        }
      }
    }
  }

  @Test
  void whatAClientClaimsToATrustedProxyDoesNotMoveIt() {
    try (ExampleProcess cluster =
            ExampleProcess.startReady(
                "--workers=3",
                "--transport=nio",
                "--key=header:X-Forwarded-For",
                "--trust=127.0.0.1");
        ReverseProxy proxy =
            ReverseProxy.nginx(ReverseProxy.documented("## nginx, X-Forwarded-For"), cluster)) {
      for (String client : CLIENTS) {
        WhoIs own = WhoIs.of(proxy.send(client, REQUEST));
        assertThat(own.client()).isEqualTo(client);
        for (String forged : FORGED) {
          assertThat(WhoIs.of(proxy.send(client, forwarded("X-Forwarded-For: " + forged))))
              .isEqualTo(own);
        }
      }
    }
  }

  private static TestHttp.Response send(ExampleProcess cluster, String client, String bytes) {
    return TestHttp.exchange(LOOPBACK, cluster.port(), TestHttp.address(client), bytes);
  }

  private static String forwarded(String line) {
    return REQUEST.replace("Host: test\r\n", "Host: test\r\n" + line + "\r\n");
  }

  private static String proxyVersion1(String source) {
    return "PROXY TCP4 " + source + " 127.0.0.1 40000 80\r\n";
  }

  private static String proxyVersion2(String source) {
    StringBuilder header = new StringBuilder("\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c");
    for (byte part : TestHttp.address(source).getAddress()) {
      header.append((char) (part & 0xff));
    }
    return header.append("\u007f\0\0\u0001\u009c@\0P").toString();
  }
}
