package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.transport.netty.TestCluster.Client;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys from the stream: what was read ahead and the forwarded address reach the worker. */
@Timeout(60)
class KeyReadingTest {

  private static final int MAX_HEAD_BYTES = 20_000;
  private static final int MAX_READINGS = 30;

  private TestCluster cluster;

  @BeforeAll
  static void needsEpoll() {
    assumeTrue(new NettyTransportProvider().unavailable().isEmpty());
  }

  @BeforeEach
  void start() throws Exception {
    cluster =
        new TestCluster(
            "auto",
            new TestRouter(2),
            new FirstLine(Duration.ofMillis(500)),
            new Parking(MAX_READINGS, Duration.ofSeconds(30)),
            0);
    cluster.start(0, "zero");
    cluster.start(1, "one");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    await().untilAsserted(() -> assertThat(cluster.counters().open()).isZero());
    cluster.close();
  }

  @Test
  void autoMeansTheConnectionRoadWhenTheKeyIsInTheStream() {
    assertThat(cluster.transport().handOver()).isEqualTo("connection");
    assertThat(cluster.transport().describe()).contains("key");
  }

  @Test
  void theKeyDecidesAndNoByteIsLostNorTheAddressForwarded() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Client client = cluster.client(1 + i)) {
        client.send("key=ab");
        client.send(i + "\nfirst\nsec");
        String worker = (i % 10) % 2 == 0 ? "zero" : "one";
        assertThat(client.read()).isEqualTo(worker + " 10.1.2.3 first");
        client.send("ond\n");
        assertThat(client.read()).isEqualTo(worker + " 10.1.2.3 second");
      }
    }
  }

  @Test
  void manyLargeHeadsAtOnceStayWithTheirConnections() throws IOException {
    String filler = "x".repeat(15_000);
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 80; i++) {
        clients.add(cluster.client(1).send("key=" + i + "\n" + i + filler + "\n"));
      }
      for (int i = 0; i < clients.size(); i++) {
        assertThat(clients.get(i).read())
            .isEqualTo((i % 2 == 0 ? "zero" : "one") + " 10.1.2.3 " + i + filler);
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void silentClientsAreServedAtTheDeadlineAndBrokenOnesClosed() throws IOException {
    try (Client silent = cluster.client(1)) {
      await().until(() -> cluster.counters().accepted() == 1 && cluster.counters().open() == 0);
      assertThat(silent.ask("x")).startsWith("zero");
    }
    try (Client broken = cluster.client(1).send("reject\n")) {
      assertThat(broken.read()).isNull();
    }
    await().until(() -> cluster.counters().rejected() == 1);
  }

  @Test
  void manySilentClientsKeepNobodyOut() throws IOException {
    List<Client> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * MAX_READINGS; i++) {
        silent.add(cluster.client(1));
      }
      try (Client client = cluster.client(2).send("key=1\nhello\n")) {
        assertThat(client.read()).isEqualTo("one 10.1.2.3 hello");
      }
    } finally {
      for (Client client : silent) {
        client.close();
      }
    }
  }

  /** Takes the key from a first line {@code key=…}, which it consumes. */
  private record FirstLine(Duration deadline) implements KeyReader {

    @Override
    public int maxHeadBytes() {
      return MAX_HEAD_BYTES;
    }

    @Override
    public Verdict read(ByteBuffer head, InetSocketAddress peer, boolean last) {
      String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
      int end = text.indexOf('\n');
      if (text.startsWith("reject")) {
        return new Reject("asked for");
      }
      if (end < 0 && !last) {
        return NeedMore.INSTANCE;
      }
      if (end < 0) {
        return new Found(new byte[0], false, peer, 0);
      }
      byte[] key = text.substring(4, end).getBytes(StandardCharsets.ISO_8859_1);
      return new Found(key, false, new InetSocketAddress("10.1.2.3", 77), end + 1);
    }
  }
}
