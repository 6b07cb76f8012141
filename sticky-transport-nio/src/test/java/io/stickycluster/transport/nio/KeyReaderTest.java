package io.stickycluster.transport.nio;

import static io.stickycluster.transport.nio.NioTransportTest.line;
import static io.stickycluster.transport.nio.NioTransportTest.lines;
import static io.stickycluster.transport.nio.NioTransportTest.write;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import io.stickycluster.spi.KeyReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyReaderTest {

  /**
   * Reads a line {@code key=<text>;} or {@code from=<address>;}, which the worker does not see;
   * {@code bad;} is rejected.
   */
  private record LineReader(Duration deadline) implements KeyReader {
    @Override
    public int maxHeadBytes() {
      return 32;
    }

    @Override
    public Verdict read(ByteBuffer head, InetSocketAddress peer, boolean last) {
      String text = US_ASCII.decode(head.duplicate()).toString();
      int end = text.indexOf(';');
      if (end < 0) {
        return last ? new Found("late".getBytes(US_ASCII), false, peer, 0) : NeedMore.INSTANCE;
      }
      if (text.startsWith("key=")) {
        return new Found(text.substring(4, end).getBytes(US_ASCII), false, peer, end + 1);
      }
      if (text.startsWith("from=")) {
        var address = InetAddresses.forString(text.substring(5, end));
        return new Found(address.getAddress(), true, new InetSocketAddress(address, 4711), end + 1);
      }
      return new Reject("no key");
    }
  }

  private static Cluster cluster(Duration deadline) throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.workers = 2;
    setup.keyReader = new LineReader(deadline);
    Cluster cluster = new Cluster(setup);
    cluster.ready(0, Servers.echo("zero"));
    cluster.ready(1, Servers.echo("one"));
    return cluster;
  }

  @Test
  void theKeyDecidesAndTheRestGoesOnUnchanged() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(20))) {
      for (String key : List.of("a", "b", "ab", "long enough")) {
        String name = key.chars().sum() % 2 == 0 ? "zero" : "one";
        try (Socket client = cluster.connect()) {
          write(client, "key=" + key + ";rest\n");
          var lines = lines(client);
          assertThat(lines.readLine()).startsWith(name + " 127.0.0.1:");
          assertThat(lines.readLine()).isEqualTo("rest");
          write(client, "and more\n");
          assertThat(lines.readLine()).isEqualTo("and more");
        }
      }
    }
  }

  @Test
  void aForwardedAddressIsWhatTheWorkerSees() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(20))) {
      try (Socket client = cluster.connect()) {
        write(client, "from=10.1.2.3;");
        assertThat(line(client)).isEqualTo("one 10.1.2.3:4711");
      }
      try (Socket client = cluster.connect()) {
        write(client, "from=2001:db8::2;");
        assertThat(line(client)).isEqualTo("zero 2001:db8:0:0:0:0:0:2:4711");
      }
    }
  }

  @Test
  void aHeadMayComeInPieces() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(20));
        Socket client = cluster.connect()) {
      client.setTcpNoDelay(true);
      for (char c : "key=pieces;".toCharArray()) {
        client.getOutputStream().write(c);
      }
      assertThat(line(client)).startsWith("pieces".chars().sum() % 2 == 0 ? "zero " : "one ");
    }
  }

  @Test
  void withoutAHeadTheReaderDecidesAtTheDeadline() throws Exception {
    try (Cluster cluster = cluster(Duration.ofMillis(100));
        Socket silent = cluster.connect();
        Socket half = cluster.connect()) {
      write(half, "key=unfinished\n");
      assertThat(line(silent)).startsWith("late".chars().sum() % 2 == 0 ? "zero " : "one ");
      var lines = lines(half);
      assertThat(lines.readLine()).startsWith("late".chars().sum() % 2 == 0 ? "zero " : "one ");
      assertThat(lines.readLine()).isEqualTo("key=unfinished");
    }
  }

  @Test
  void anOversizedHeadDecidesWithoutWaiting() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(60));
        Socket client = cluster.connect()) {
      String head = "x".repeat(100);
      write(client, head + "\n");
      var lines = lines(client);
      assertThat(lines.readLine()).contains("127.0.0.1");
      assertThat(lines.readLine()).isEqualTo(head);
    }
  }

  @Test
  void theEndBeforeAKeyDecidesToo() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(60));
        Socket client = cluster.connect()) {
      write(client, "part");
      client.shutdownOutput();
      String all = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertThat(all).endsWith("\npart");
    }
  }

  @Test
  void aRejectedConnectionIsClosed() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(60));
        Socket client = cluster.connect()) {
      write(client, "bad;");
      assertThat(NioTransportTest.ended(client)).isTrue();
      await().until(() -> cluster.transport.counters().open() == 0);
    }
  }

  @Test
  void silentClientsDoNotHoldUpOthers() throws Exception {
    try (Cluster cluster = cluster(Duration.ofSeconds(60))) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        silent.add(cluster.connect());
      }
      try (Socket client = cluster.connect()) {
        write(client, "key=a;");
        assertThat(line(client)).isNotEmpty();
      }
      for (Socket socket : silent) {
        socket.close();
      }
      await().until(() -> cluster.transport.counters().open() == 0);
    }
  }
}
