package io.stickycluster.transport.nio;

import static io.stickycluster.transport.nio.NioTransportTest.line;
import static io.stickycluster.transport.nio.NioTransportTest.lines;
import static io.stickycluster.transport.nio.NioTransportTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stickycluster.spi.Transport.Seat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class NioServerTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void drainEndsIdleConnectionsAndLetsRequestsFinish() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    NioServer server =
        NioServer.of(
            connection -> {
              ByteBuffer buffer = ByteBuffer.allocate(100);
              while (connection.readRequest(buffer.clear()) >= 0) {
                mayAnswer.await();
                Servers.send(connection.channel(), "answer\n");
              }
            });
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat seat = cluster.ready(0, server);
      try (Socket idle = cluster.connect();
          Socket busy = cluster.connect()) {
        write(busy, "request\n");
        await().until(() -> server.counters().inFlight() == 1 && server.counters().open() == 2);
        cluster.transport.drain(seat);
        var drained = server.drain().toCompletableFuture();
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
        assertThat(drained).isNotDone();
        mayAnswer.countDown();
        assertThat(line(busy)).isEqualTo("answer");
        drained.get(20, TimeUnit.SECONDS);
        assertThat(server.counters().open()).isZero();
        assertThat(server.counters().accepted()).isEqualTo(2);
      }
    }
  }

  @Test
  void drainedWithNoConnectionsIsDoneAtOnce() throws Exception {
    NioServer server = Servers.mirror();
    server.listen(ANY_PORT).toCompletableFuture().get();
    server.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void closeEndsEverything() throws Exception {
    NioServer server = Servers.echo("w");
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      cluster.ready(0, server);
      try (Socket client = cluster.connect()) {
        line(client);
        server.close();
        assertThat(NioTransportTest.ended(client)).isTrue();
        await().until(() -> server.counters().open() == 0);
      }
    }
  }

  @Test
  void aHandlerThatThrowsEndsItsConnectionOnly() throws Exception {
    NioServer server =
        NioServer.of(
            connection -> {
              ByteBuffer buffer = ByteBuffer.allocate(100);
              connection.readRequest(buffer);
              if (buffer.get(0) == 'x') {
                throw new IllegalStateException("expected in this test");
              }
              Servers.send(connection.channel(), "fine\n");
            });
    try (Cluster cluster = Cluster.of(server)) {
      try (Socket bad = cluster.connect()) {
        write(bad, "x");
        assertThat(NioTransportTest.ended(bad)).isTrue();
      }
      try (Socket good = cluster.connect()) {
        write(good, "g");
        assertThat(line(good)).isEqualTo("fine");
      }
    }
  }

  @Test
  void pastItsThreadsAServerWithAPoolLetsConnectionsWait() throws Exception {
    try (Cluster cluster = Cluster.of(NioServer.of(Servers::idle, 1))) {
      try (Socket second = cluster.connect()) {
        try (Socket first = cluster.connect()) {
          write(first, "one\n");
          write(second, "two\n");
          first.shutdownOutput();
          second.shutdownOutput();
          assertThat(line(first)).isEqualTo("one");
        }
        assertThat(line(second)).isEqualTo("two");
      }
    }
  }

  @Test
  void whatIsNotAProxyHeaderIsClosedAndTheServerGoesOn() throws Exception {
    NioServer server = Servers.echo("w");
    SocketAddress address = server.listen(ANY_PORT).toCompletableFuture().get();
    Random random = new Random(7);
    List<SocketChannel> open = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[1 + random.nextInt(100)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        System.arraycopy(ProxyHeader.SIGNATURE, 0, bytes, 0, Math.min(12, bytes.length));
      }
      SocketChannel channel = SocketChannel.open(address);
      channel.write(ByteBuffer.wrap(bytes));
      if (i % 3 == 0) {
        channel.close();
      }
      open.add(channel);
    }
    ByteBuffer header = ByteBuffer.allocate(ProxyHeader.MAX_BYTES);
    InetSocketAddress client =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {9, 8, 7, 6}), 5);
    ProxyHeader.encode(header, client, client);
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.write(header.flip());
      assertThat(lines(channel.socket()).readLine()).isEqualTo("w 9.8.7.6:5");
    }
    for (SocketChannel channel : open) {
      channel.close();
    }
    await().until(() -> server.counters().open() == 0);
    server.close();
  }

  @Test
  void anAddressInUseIsAnErrorThatNamesIt() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      java.net.UnixDomainSocketAddress taken =
          java.net.UnixDomainSocketAddress.of(cluster.directory.resolve("taken.sock"));
      NioServer first = Servers.mirror();
      first.listen(taken).toCompletableFuture().get();
      assertThatThrownBy(() -> Servers.mirror().listen(taken).toCompletableFuture().get())
          .hasMessageContaining("taken.sock");
      first.close();
    }
  }
}
