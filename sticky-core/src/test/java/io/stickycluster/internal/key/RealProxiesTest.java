package io.stickycluster.internal.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.KeyReader.NeedMore;
import io.stickycluster.spi.KeyReader.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The configurations in docs/KEYS.md, run by the real servers with clients of two addresses. */
@EnabledOnOs(OS.LINUX) // Elsewhere 127.0.0.2 is no address of this host.
class RealProxiesTest {

  private static final String ANNE = "127.0.0.2";
  private static final String BERT = "127.0.0.3";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private ServerSocket cluster;
  private int proxyPort;
  private @Nullable Process proxy;

  @BeforeEach
  void open() throws IOException {
    cluster = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    cluster.setSoTimeout((int) PATIENCE.toMillis());
    try (ServerSocket free = new ServerSocket(0)) {
      proxyPort = free.getLocalPort();
    }
  }

  @AfterEach
  void close() throws IOException {
    if (proxy != null) {
      proxy.destroyForcibly().onExit().join();
    }
    cluster.close();
  }

  @Test
  void haproxy_with_proxy_protocol_tells_clients_apart() throws IOException {
    startHaproxy("## HAProxy, PROXY protocol");
    for (String client : List.of(ANNE, BERT)) {
      assertThat(keyThroughProxy("proxy", client, "")).startsWith(client + " behind ");
      assertThat(
              keyThroughProxy("header:X-Forwarded-For,proxy", client, "X-Forwarded-For: 1.1.1.1"))
          .startsWith(client + " behind ");
    }
  }

  @Test
  void haproxy_with_a_checksum_and_fields_tells_clients_apart() throws IOException {
    start(
        "haproxy",
        snippet("## HAProxy, PROXY protocol")
            .replace("send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"),
        "-f");
    assertThat(keyThroughProxy("proxy", ANNE, "")).startsWith(ANNE + " behind ");
  }

  @Test
  void haproxy_with_proxy_protocol_version_1_tells_clients_apart() throws IOException {
    start(
        "haproxy",
        snippet("## HAProxy, PROXY protocol").replace("send-proxy-v2", "send-proxy"),
        "-f");
    assertThat(keyThroughProxy("proxy", ANNE, "")).startsWith(ANNE + " behind ");
  }

  @Test
  void haproxy_with_a_forwarded_header_tells_clients_apart() throws IOException {
    startHaproxy("## HAProxy, X-Forwarded-For");
    for (String client : List.of(ANNE, BERT)) {
      assertThat(keyThroughProxy("header:X-Forwarded-For", client, "")).isEqualTo(client);
      assertThat(keyThroughProxy("header:X-Forwarded-For", client, "X-Forwarded-For: 1.1.1.1"))
          .isEqualTo(client);
    }
  }

  @Test
  void nginx_with_a_forwarded_header_tells_clients_apart() throws IOException {
    startNginx("## nginx, X-Forwarded-For");
    for (String client : List.of(ANNE, BERT)) {
      assertThat(keyThroughProxy("header:X-Forwarded-For", client, "")).isEqualTo(client);
      assertThat(keyThroughProxy("header:X-Forwarded-For", client, "X-Forwarded-For: 1.1.1.1"))
          .isEqualTo(client);
      assertThat(keyThroughProxy("cookie:sid,ip", client, "Cookie: sid=abc")).isEqualTo("text abc");
    }
  }

  @Test
  void without_the_option_all_clients_of_a_proxy_have_one_key() throws IOException {
    startNginx("## nginx, X-Forwarded-For");
    for (String client : List.of(ANNE, BERT)) {
      assertThat(keyThroughProxy("cookie:none", client, "")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void nginx_gives_clients_of_one_address_ids_from_the_first_request() throws IOException {
    startNginx("## nginx gives every browser an id");
    String first = keyThroughProxy("header:X-Client-Id", ANNE, "");
    assertThat(first).matches("text [0-9a-f]{32}");
    assertThat(keyThroughProxy("header:X-Client-Id", ANNE, "")).isNotEqualTo(first);
    String cookie = "Cookie: client=" + first.substring("text ".length());
    assertThat(keyThroughProxy("header:X-Client-Id", ANNE, cookie)).isEqualTo(first);
    assertThat(keyThroughProxy("header:X-Client-Id", ANNE, cookie + "\r\nX-Client-Id: spoofed"))
        .isEqualTo(first);
  }

  private void startHaproxy(String heading) throws IOException {
    start("haproxy", snippet(heading), "-f");
  }

  private void startNginx(String heading) throws IOException {
    String paths =
        Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            .map(name -> name + "_temp_path " + directory.resolve(name) + ";\n")
            .reduce("", String::concat);
    start(
        "nginx",
        "daemon off; master_process off; pid %s; error_log stderr;\n"
                .formatted(directory.resolve("pid"))
            + "events {}\nhttp { access_log off;\n"
            + paths
            + snippet(heading)
            + "}\n",
        "-c");
  }

  /** Returns the first code block under a heading of the page, with ports that are free here. */
  private String snippet(String heading) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "KEYS.md"));
    int start = page.indexOf("\n", page.indexOf("```", page.indexOf(heading + "\n"))) + 1;
    return page.substring(start, page.indexOf("```", start))
        .replace("127.0.0.1:8080", "127.0.0.1:" + cluster.getLocalPort())
        .replace("bind :80", "bind 127.0.0.1:" + proxyPort)
        .replace("listen 80;", "listen 127.0.0.1:" + proxyPort + ";");
  }

  private void start(String name, String configuration, String option) throws IOException {
    Path program =
        Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")
            .map(path -> Path.of(path, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of(name));
    assumeTrue(Files.isExecutable(program), name + " is not installed");
    Path file = Files.writeString(directory.resolve(name + ".conf"), configuration);
    Process started =
        new ProcessBuilder(program.toString(), option, file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    proxy = started;
    await().atMost(PATIENCE).until(() -> !started.isAlive() || listens());
    assertThat(started.isAlive()).as(Files.readString(directory.resolve("log"))).isTrue();
  }

  /** Returns whether the port is taken, without a connection that would reach the cluster. */
  private boolean listens() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort));
      return false;
    } catch (IOException taken) {
      return true;
    }
  }

  /** Sends a request from an address and says the key that its connection has behind the proxy. */
  private String keyThroughProxy(String spec, String from, String headerLines) throws IOException {
    KeyReader reader =
        Objects.requireNonNull(
            KeySpec.parse(spec)
                .reader(
                    TrustedNetworks.parse("127.0.0.1"),
                    KeySpec.DEFAULT_MAX_HEAD_BYTES,
                    KeySpec.DEFAULT_DEADLINE));
    String lines = headerLines.isEmpty() ? "" : headerLines + "\r\n";
    try (Socket client = new Socket()) {
      client.bind(new InetSocketAddress(from, 0));
      client.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort),
          (int) PATIENCE.toMillis());
      client
          .getOutputStream()
          .write(
              ("GET /x HTTP/1.1\r\nHost: example.com\r\n" + lines + "\r\n").getBytes(ISO_8859_1));
      try (Socket connection = cluster.accept()) {
        return read(reader, connection);
      }
    }
  }

  private static String read(KeyReader reader, Socket connection) throws IOException {
    connection.setSoTimeout((int) PATIENCE.toMillis());
    byte[] head = new byte[reader.maxHeadBytes()];
    int length = 0;
    while (true) {
      int count = connection.getInputStream().read(head, length, head.length - length);
      length += Math.max(0, count);
      InetSocketAddress peer = (InetSocketAddress) connection.getRemoteSocketAddress();
      Verdict verdict = reader.read(ByteBuffer.wrap(head, 0, length), peer, count < 0);
      if (!(verdict instanceof NeedMore)) {
        if (verdict instanceof Found found) {
          byte[] rest = Arrays.copyOfRange(head, found.consumedBytes(), length);
          String request = new String(rest, ISO_8859_1);
          assertThat(request.isEmpty() || request.startsWith("GET /x ")).as(request).isTrue();
        }
        return HeadKeyReaderTest.say(verdict);
      }
    }
  }
}
