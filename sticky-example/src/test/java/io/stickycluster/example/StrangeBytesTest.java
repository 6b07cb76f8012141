package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a client sends, it gets an answer or an end, and the others are still served. */
class StrangeBytesTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String END = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  @SuppressWarnings("NullAway.Init")
  private static InProcessServer server;

  @BeforeContainer
  static void start() {
    server = new InProcessServer(0);
  }

  @AfterContainer
  static void stop() {
    server.close();
  }

  @Property(tries = 150)
  void anyFirstLineIsAnswered(
      @ForAll @StringLength(max = 200) @CharRange(from = 0, to = 255) String bytes) {
    // Blank lines before a request are no request: the server waits for one until the client ends.
    String answer = TestHttp.rawThenEnd(LOOPBACK, server.port(), LOOPBACK, bytes + "\r\n\r\n");
    assertThat(answer).matches("(?s)(HTTP/1\\.1 [1-5].*)?");
    assertOthersAreServed();
  }

  @Property(tries = 150)
  void anyQueryIsAnswered(
      @ForAll @StringLength(max = 60) @CharRange(from = '!', to = '~') String query) {
    for (String path : new String[] {"/bytes?n=1&", "/socket.io/?EIO=4&transport=polling&", "/"}) {
      assertThat(send("GET " + path + query + END)).startsWith("HTTP/1.1 ");
    }
    assertOthersAreServed();
  }

  @Property(tries = 150)
  void anySocketIoMessageIsAnswered(@ForAll @StringLength(max = 80) String text) {
    String handshake = send("GET /socket.io/?EIO=4&transport=polling" + END);
    String session = handshake.replaceFirst("(?s).*\"sid\":\"([^\"]+)\".*", "$1");
    String path = "/socket.io/?EIO=4&transport=polling&sid=" + session;
    assertThat(send(TestHttp.request("POST", path, "40"))).startsWith("HTTP/1.1 200 ");
    // Its bytes as characters, as the request is written.
    String bytes =
        new String(("42" + text).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(send(TestHttp.request("POST", path, bytes))).startsWith("HTTP/1.1 200 ");
    assertOthersAreServed();
  }

  @Example
  void aBodyThatIsTooLongIsTurnedAway() {
    String handshake = send("GET /socket.io/?EIO=4&transport=polling" + END);
    String session = handshake.replaceFirst("(?s).*\"sid\":\"([^\"]+)\".*", "$1");
    String path = "/socket.io/?EIO=4&transport=polling&sid=" + session;
    assertThat(send(TestHttp.request("POST", path, "x".repeat(70_000))))
        .startsWith("HTTP/1.1 413 ");
  }

  private static void assertOthersAreServed() {
    assertThat(send("GET /hello" + END)).endsWith("hello from worker 0\n");
  }

  private static String send(String request) {
    return TestHttp.raw(LOOPBACK, server.port(), LOOPBACK, request);
  }
}
