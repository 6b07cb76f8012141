package io.stickycluster.transport.nio;

import static io.stickycluster.transport.nio.NioTransportTest.ended;
import static io.stickycluster.transport.nio.NioTransportTest.line;
import static io.stickycluster.transport.nio.NioTransportTest.lines;
import static io.stickycluster.transport.nio.NioTransportTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TransportSettings.Parking;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RudePeersTest {

  @Test
  void clientsThatResetAtAnyStageHarmNobody() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("w"));
        Socket polite = cluster.connect()) {
      var lines = lines(polite);
      lines.readLine();
      for (int stage = 0; stage < 4; stage++) {
        for (int i = 0; i < 10; i++) {
          Socket rude = cluster.connect();
          if (stage >= 1) {
            write(rude, "bytes\n");
          }
          if (stage >= 2) {
            line(rude);
          }
          if (stage >= 3) {
            rude.shutdownOutput();
          }
          rude.setSoLinger(true, 0);
          rude.close();
        }
      }
      write(polite, "still here\n");
      assertThat(lines.readLine()).isEqualTo("still here");
      await().until(() -> cluster.transport.counters().open() == 1);
    }
  }

  @Test
  void aWorkerThatNeverReadsStopsItsClientAndNotTheMastersMemory() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.options.put("idle-timeout", "1s");
    setup.options.put("loops", "1");
    try (Cluster cluster = new Cluster(setup);
        ServerSocketChannel deaf = listener(cluster.directory.resolve("deaf.sock"))) {
      cluster.ready(0, "unix:" + cluster.directory.resolve("deaf.sock"));
      long before = directBytes();
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Socket client = cluster.connect();
        Thread writer = new Thread(() -> writeForever(client));
        writer.setDaemon(true);
        writer.start();
        clients.add(client);
      }
      // The silent connections end by the deadline, which proves that they were stuck till then.
      await().atMost(Duration.ofSeconds(30)).until(() -> cluster.transport.counters().open() == 0);
      assertThat(cluster.transport.counters().accepted()).isEqualTo(8);
      assertThat(directBytes() - before).isLessThan((long) Buffers.MAX_DIRECT * Buffers.BYTES);
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aConnectionThatTheWorkerEndedIsNotHeldOpenForever() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.options.put("half-closed-timeout", "1s");
    try (Cluster cluster = new Cluster(setup)) {
      cluster.ready(0, NioServer.of(connection -> Servers.send(connection.channel(), "bye\n")));
      try (Socket client = cluster.connect()) {
        assertThat(line(client)).isEqualTo("bye");
        // The client never closes.
        await().until(() -> cluster.transport.counters().open() == 0);
      }
    }
  }

  @Test
  void aWorkerThatResetsUnreadConnectionsIsTriedAFewTimesAndThenTheClientIsToldSo()
      throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup());
        ServerSocketChannel listener = listener(cluster.directory.resolve("rude.sock"))) {
      Thread closer =
          new Thread(
              () -> {
                try {
                  while (true) {
                    listener.accept().close();
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      closer.start();
      cluster.ready(0, "unix:" + cluster.directory.resolve("rude.sock"));
      try (Socket client = cluster.connect()) {
        write(client, "request");
        assertThat(ended(client)).isTrue();
      }
      await().until(() -> cluster.transport.counters().open() == 0);
      listener.close();
      closer.join();
    }
  }

  @Test
  void whatADeadWorkerHadNotReadGoesToItsSuccessor() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      ServerSocketChannel dying = listener(cluster.directory.resolve("dying.sock"));
      Seat dead = cluster.ready(0, "unix:" + cluster.directory.resolve("dying.sock"));
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Socket client = cluster.connect();
        write(client, "request " + i + "\n");
        clients.add(client);
      }
      // Some it accepted and did not read, some it did not even accept: none did it act on.
      List<SocketChannel> accepted = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        accepted.add(dying.accept());
      }
      dying.close();
      for (SocketChannel channel : accepted) {
        channel.close();
      }
      cluster.transport.exited(dead);
      cluster.ready(0, Servers.echo("successor"));
      for (int i = 0; i < 10; i++) {
        var lines = lines(clients.get(i));
        assertThat(lines.readLine()).startsWith("successor ");
        assertThat(lines.readLine()).isEqualTo("request " + i);
        clients.get(i).close();
      }
      assertThat(cluster.transport.counters().rejected()).isZero();
    }
  }

  @Test
  void whatADeadWorkerHadReadIsLostAndTheClientSeesTheEnd() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup());
        ServerSocketChannel dying = listener(cluster.directory.resolve("dying.sock"))) {
      cluster.ready(0, "unix:" + cluster.directory.resolve("dying.sock"));
      try (Socket client = cluster.connect()) {
        write(client, "request");
        try (SocketChannel accepted = dying.accept()) {
          ByteBuffer bytes = ByteBuffer.allocate(100);
          while (bytes.position() < 7) {
            accepted.read(bytes);
          }
        }
        assertThat(ended(client)).isTrue();
      }
    }
  }

  @Test
  void aFullQueueOfAWorkerIsWaitedFor() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Path path = cluster.directory.resolve("full.sock");
      try (ServerSocketChannel slow = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        slow.bind(UnixDomainSocketAddress.of(path), 1);
        cluster.ready(0, "unix:" + path);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          Socket client = cluster.connect();
          write(client, "x");
          clients.add(client);
        }
        await().until(() -> cluster.transport.counters().parked() > 0);
        for (int i = 0; i < 10; i++) {
          try (SocketChannel accepted = slow.accept()) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(accepted.read(one)).isEqualTo(1);
            accepted.write(one.flip());
          }
        }
        for (Socket client : clients) {
          assertThat(client.getInputStream().read()).isEqualTo('x');
          client.close();
        }
      }
    }
  }

  @Test
  void oneByteAtATimeArrivesWhole() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.mirror());
        Socket client = cluster.connect()) {
      client.setTcpNoDelay(true);
      for (int i = 0; i < 200; i++) {
        client.getOutputStream().write(i);
        assertThat(client.getInputStream().read()).isEqualTo(i);
      }
    }
  }

  @Test
  void idleConnectionsHoldNoBuffer() throws Exception {
    try (Cluster cluster = Cluster.of(NioServer.of(Servers::idle, 10_000))) {
      try (Socket first = cluster.connect()) {
        write(first, "hello\n");
        assertThat(line(first)).isEqualTo("hello");
      }
      long before = directBytes();
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Socket client = cluster.connect(1 + i % 200);
        write(client, "hello\n");
        assertThat(line(client)).isEqualTo("hello");
        clients.add(client);
      }
      assertThat(cluster.transport.counters().open()).isGreaterThanOrEqualTo(300);
      // The workers' threads in this JVM have small buffers of their own.
      assertThat(directBytes() - before).isLessThan(300 * 1024);
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void clientsGoneWhileParkedCostTheSuccessorNothing() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.parking = new Parking(50, Duration.ofSeconds(20));
    try (Cluster cluster = new Cluster(setup)) {
      for (int i = 0; i < 20; i++) {
        Socket gone = cluster.connect();
        write(gone, "gone\n");
        gone.setSoLinger(true, 0);
        gone.close();
      }
      try (Socket waiting = cluster.connect()) {
        await().until(() -> cluster.transport.counters().parked() == 21);
        cluster.ready(0, Servers.echo("w"));
        assertThat(line(waiting)).startsWith("w ");
        await().until(() -> cluster.transport.counters().open() == 1);
      }
    }
  }

  private static ServerSocketChannel listener(Path path) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path), 100);
    return listener;
  }

  private static void writeForever(Socket client) {
    byte[] bytes = new byte[64 * 1024];
    try {
      while (true) {
        client.getOutputStream().write(bytes);
      }
    } catch (IOException e) {
      // The master closed the connection.
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
