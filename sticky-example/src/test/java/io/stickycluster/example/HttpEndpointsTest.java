package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointsTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @SuppressWarnings("NullAway.Init")
  private static InProcessServer server;

  @BeforeAll
  static void start() {
    server = new InProcessServer(2);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void whoAmITellsTheWorkerAndTheClientAndOnlyTheVariablesOfTheCluster() {
    WhoIs who = WhoIs.of(get("/whoami"));
    assertThat(who.worker()).isEqualTo(2);
    assertThat(who.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(who.client()).isEqualTo(LOOPBACK.getHostAddress());
    assertThat(who.env()).containsOnlyKeys("CHAT_ROOM");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 5_000_000})
  void bytesAnswersExactlyThatMany(int count) {
    TestHttp.Response response = get("/bytes?n=" + count);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).hasSize(count);
    assertThat(response.headers()).containsEntry("content-length", Integer.toString(count));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/bytes | 400 | n must be a whole number from 0 to 1073741824, but is missing",
        "/bytes?n= | 400 | but is ''",
        "/bytes?n=-1 | 400 | but is '-1'",
        "/bytes?n=1e3 | 400 | but is '1e3'",
        "/bytes?n=1073741825 | 400 | but is '1073741825'",
        "/bytes?n=99999999999999999999 | 400 | but is '99999999999999999999'",
        "/bytes?n=1&n=2 | 400 | but is there 2 times",
        "/bytes?n=%D9%A3 | 400 | n must be a whole number",
        "/slow | 400 | ms must be a whole number from 0 to 60000, but is missing",
        "/slow?ms=60001 | 400 | but is '60001'",
        "/%zz | 400 | not well encoded",
        "/hello?%zz | 400 | not well encoded",
        "/nowhere | 404 | there is no '/nowhere' here, only /, /whoami",
        "/echo | 405 | takes POST, not 'GET'",
        "/web/app.js | 404 | there is no",
        "/../app.js | 404 | there is no",
        "/socket.io | 404 | there is no",
        "/socket.io/x?EIO=4&transport=polling | 404 | there is no",
        "/socket.io/ | 400 | Unsupported protocol version",
        "/socket.io/?EIO=3&transport=polling | 400 | Unsupported protocol version",
        "/socket.io/?EIO=4 | 400 | Transport unknown",
        "/socket.io/?EIO=4&transport=smoke | 400 | Transport unknown",
        "/socket.io/?EIO=4&transport=websocket | 400 | Bad request",
        "/socket.io/?EIO=4&transport=polling&j=1 | 400 | Bad request",
        "/socket.io/?EIO=4&transport=polling&disconnect | 400 | Bad request",
        "/socket.io/?EIO=4&transport=polling&sid= | 400 | Session ID unknown",
        "/socket.io/?EIO=4&transport=polling&sid=1-2-3-4-5 | 400 | Session ID unknown"
      })
  void aWrongRequestIsAnsweredWithAClearWord(String path, int status, String word) {
    TestHttp.Response response = get(path);
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).contains(word);
    assertThat(response.worker()).isEqualTo("2");
  }

  @Test
  void aSessionThatThisWorkerDoesNotKnowIsAClientsErrorAndNotTheServers() {
    TestHttp.Response response =
        get("/socket.io/?EIO=4&transport=polling&sid=0aeba41a-9a3c-40e2-972e-dd09c8f0fae1");
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
  }

  @Test
  void aSessionCannotBeginWithAPost() {
    TestHttp.Response response =
        send(TestHttp.request("POST", "/socket.io/?EIO=4&transport=polling", "40"));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains("Bad handshake method");
  }

  @Test
  void aSocketIoHandshakeSaysThatTheConnectionEndsWithItAndSetsNoCookie() {
    TestHttp.Response response = get("/socket.io/?EIO=4&transport=polling");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).startsWith("0{\"sid\":");
    assertThat(response.headers())
        .containsEntry("connection", "close")
        .containsEntry("x-sticky-worker", "2")
        .doesNotContainKey("set-cookie")
        .doesNotContainKey("access-control-allow-origin");
  }

  @ParameterizedTest
  @CsvSource({"/,text/html", "/app.css,text/css", "/app.js,text/javascript"})
  void thePageComesFromMemoryWithAPolicyAgainstForeignScripts(String path, String type) {
    TestHttp.Response response = get(path);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().get("content-type")).startsWith(type);
    assertThat(response.headers().get("content-security-policy")).contains("default-src 'self'");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    TestHttp.Response response = send(TestHttp.request("HEAD", "/bytes?n=1000000", ""));
    assertThat(response.headers()).containsEntry("content-length", "1000000");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void echoAnswersWithTheSameBody() {
    String body = "all of this, ".repeat(50_000);
    TestHttp.Response response = send(TestHttp.request("POST", "/echo", body));
    assertThat(response.body()).isEqualTo(body);
  }

  @Test
  void echoAnswersAChunkedBodyInChunks() {
    TestHttp.Response response =
        send(
            TestHttp.request("POST", "/echo", "")
                    .replace("Content-Length: 0", "Transfer-Encoding: chunked")
                + "5\r\nhello\r\n6\r\n there\r\n0\r\n\r\n");
    assertThat(response.headers()).containsEntry("transfer-encoding", "chunked");
    assertThat(response.body()).contains("hello").contains(" there").endsWith("0\r\n\r\n");
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() {
    String answers =
        raw(
            "GET /slow?ms=200 HTTP/1.1\r\nHost: test\r\n\r\n"
                + "GET /bytes?n=300000 HTTP/1.1\r\nHost: test\r\n\r\n"
                + "GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n"
                + TestHttp.request("GET", "/hello", ""));
    assertThat(answers)
        .containsSubsequence("waited 200 ms", "content-length: 300000", "404", "hello from worker");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | 400",
        "GET /hello HTTP/1.1 | 400",
        "GET /hello HTTP/1.1\\r\\nHost: a\\r\\nHost: b | 400",
        "GET /hello HTTP/1.1\\r\\nHost: a\\r\\nBroken header line | 400"
      })
  void whatIsNoHttpIsTurnedAway(String head, int status) {
    TestHttp.Response response = send(head.replace("\\r\\n", "\r\n") + "\r\n\r\n");
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.worker()).isEqualTo("2");
  }

  @Test
  void tooLongHeadsAreTurnedAway() {
    String long8k = "x".repeat(9_000);
    assertThat(send("GET /" + long8k + " HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(414);
    assertThat(send("GET / HTTP/1.1\r\nHost: a\r\nX: " + long8k + "\r\n\r\n").status())
        .isEqualTo(431);
  }

  private static TestHttp.Response get(String path) {
    return send(TestHttp.request("GET", path, ""));
  }

  private static TestHttp.Response send(String request) {
    return TestHttp.exchange(LOOPBACK, server.port(), LOOPBACK, request);
  }

  private static String raw(String request) {
    return TestHttp.raw(LOOPBACK, server.port(), LOOPBACK, request);
  }
}
