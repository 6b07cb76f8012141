package io.stickycluster.transport.nio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TransportSettings.Parking;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class NioTransportTest {

  @Test
  void bytesGoBothWaysToTheWorkerOfTheAddress() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("zero"), Servers.echo("one"))) {
      for (int last = 1; last <= 20; last++) {
        try (Socket client = cluster.connect(last)) {
          assertThat(line(client))
              .isEqualTo(
                  (last % 2 == 0 ? "zero" : "one")
                      + " 127.0.0."
                      + last
                      + ":"
                      + client.getLocalPort());
          client.getOutputStream().write("hello\n".getBytes(US_ASCII));
          assertThat(line(client)).isEqualTo("hello");
        }
      }
      assertThat(cluster.transport.counters().accepted()).isEqualTo(20);
      await().until(() -> cluster.transport.counters().open() == 0);
    }
  }

  @Test
  void ipv6ClientsAreToldByTheirOwnAddressAndMappedOnesByTheirIpv4Address() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.address = new InetSocketAddress(0);
    try (Cluster cluster = new Cluster(setup)) {
      cluster.ready(0, Servers.echo("w"));
      int port = cluster.address.getPort();
      try (Socket six = new Socket(InetAddresses.forString("::1"), port);
          Socket four = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(line(six)).isEqualTo("w 0:0:0:0:0:0:0:1:" + six.getLocalPort());
        assertThat(line(four)).isEqualTo("w 127.0.0.1:" + four.getLocalPort());
      }
    }
  }

  @Test
  void aClientThatSaysNothingHearsAServerThatSpeaksFirst() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("w"));
        Socket client = cluster.connect()) {
      assertThat(line(client)).startsWith("w ");
    }
  }

  @Test
  void anEndPassesOnWhileTheOtherDirectionGoesOn() throws Exception {
    NioServer server =
        NioServer.of(
            connection -> {
              ByteBuffer buffer = ByteBuffer.allocate(1000);
              while (connection.channel().read(buffer) >= 0) {
                // Until the client's end.
              }
              Servers.send(connection.channel(), "got " + buffer.position());
            });
    try (Cluster cluster = Cluster.of(server);
        Socket client = cluster.connect()) {
      client.getOutputStream().write(new byte[10]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo("got 10".getBytes(US_ASCII));
    }
  }

  @Test
  void theWorkersEndPassesOnWhileTheClientStillSends() throws Exception {
    var received = new java.util.concurrent.CompletableFuture<Integer>();
    NioServer server =
        NioServer.of(
            connection -> {
              connection.channel().shutdownOutput();
              ByteBuffer buffer = ByteBuffer.allocate(1000);
              while (connection.channel().read(buffer) >= 0) {
                // Until the client's end.
              }
              received.complete(buffer.position());
            });
    try (Cluster cluster = Cluster.of(server);
        Socket client = cluster.connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      client.getOutputStream().write(new byte[7]);
      client.shutdownOutput();
      assertThat(received.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(7);
      await().until(() -> cluster.transport.counters().open() == 0);
    }
  }

  @Test
  void bodiesArriveWholeBothWaysThoughReadersAreSlow() throws Exception {
    int size = 20_000_000;
    byte[] body = new byte[size];
    new Random(1).nextBytes(body);
    try (Cluster cluster = Cluster.of(Servers.mirror());
        Socket client = cluster.connect()) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  client.getOutputStream().write(body);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      writer.start();
      CRC32 sum = new CRC32();
      byte[] small = new byte[3001];
      InputStream in = client.getInputStream();
      int total = 0;
      for (int n = in.read(small); n >= 0; n = in.read(small)) {
        sum.update(small, 0, n);
        total += n;
      }
      writer.join();
      CRC32 expected = new CRC32();
      expected.update(body);
      assertThat(total).isEqualTo(size);
      assertThat(sum.getValue()).isEqualTo(expected.getValue());
    }
  }

  @Test
  void connectionsWaitForAWorkerThatIsNotReadyAndAreServedInTheEnd() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    try (Cluster cluster = new Cluster(setup)) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Socket client = cluster.connect();
        client.getOutputStream().write("early\n".getBytes(US_ASCII));
        clients.add(client);
      }
      await().until(() -> cluster.transport.counters().parked() == 10);
      cluster.ready(0, Servers.echo("late"));
      for (Socket client : clients) {
        BufferedReader lines = lines(client);
        assertThat(lines.readLine()).startsWith("late ");
        assertThat(lines.readLine()).isEqualTo("early");
        client.close();
      }
      assertThat(cluster.transport.counters().parked()).isZero();
      assertThat(cluster.transport.counters().rejected()).isZero();
    }
  }

  @Test
  void parkingIsBoundedInNumberAndPastItClientsSeeACleanClose() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.parking = new Parking(5, Duration.ofSeconds(20));
    try (Cluster cluster = new Cluster(setup)) {
      List<Socket> parked = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        parked.add(cluster.connect());
      }
      await().until(() -> cluster.transport.counters().parked() == 5);
      try (Socket client = cluster.connect()) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(cluster.transport.counters().rejected()).isEqualTo(1);
      cluster.ready(0, Servers.echo("w"));
      for (Socket client : parked) {
        assertThat(line(client)).startsWith("w ");
        client.close();
      }
    }
  }

  @Test
  void parkingIsBoundedInTime() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.parking = new Parking(5, Duration.ofMillis(50));
    try (Cluster cluster = new Cluster(setup);
        Socket client = cluster.connect()) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(cluster.transport.counters().rejected()).isEqualTo(1);
      assertThat(cluster.transport.counters().parked()).isZero();
    }
  }

  @Test
  void parkingCountsFromTheArrivalHoweverLongNothingHappenedBefore() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    Duration maxWait = Duration.ofSeconds(2);
    setup.parking = new Parking(5, maxWait);
    try (Cluster cluster = new Cluster(setup)) {
      cluster.ready(0, "unix:" + cluster.directory.resolve("nobody.sock"));
      long quietUntil = System.nanoTime() + maxWait.toNanos() * 5 / 4;
      await().until(() -> System.nanoTime() - quietUntil > 0);
      try (Socket client = cluster.connect()) {
        await().until(() -> cluster.transport.counters().accepted() == 1);
        cluster.ready(0, Servers.echo("successor"));
        assertThat(line(client)).startsWith("successor ");
      }
    }
  }

  @Test
  void aDeadAddressParksUntilTheSuccessorIsReady() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat dead = cluster.ready(0, "unix:" + cluster.directory.resolve("nobody.sock"));
      try (Socket client = cluster.connect()) {
        client.getOutputStream().write("first\n".getBytes(US_ASCII));
        await().until(() -> cluster.transport.counters().parked() == 1);
        cluster.transport.exited(dead);
        cluster.ready(0, Servers.echo("successor"));
        BufferedReader lines = lines(client);
        assertThat(lines.readLine()).startsWith("successor ");
        assertThat(lines.readLine()).isEqualTo("first");
      }
    }
  }

  @Test
  void aDeadLoopbackPortParksToo() throws Exception {
    int port;
    try (java.net.ServerSocket closed = new java.net.ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat dead = cluster.ready(0, "inet:127.0.0.1:" + port);
      try (Socket client = cluster.connect()) {
        await().until(() -> cluster.transport.counters().parked() == 1);
        cluster.transport.exited(dead);
        cluster.ready(0, Servers.echo("successor"));
        assertThat(line(client)).startsWith("successor ");
      }
    }
  }

  @Test
  void aDrainedWorkerKeepsItsConnectionsAndGetsNoMore() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat old = cluster.ready(0, Servers.echo("old"));
      try (Socket before = cluster.connect()) {
        BufferedReader lines = lines(before);
        assertThat(lines.readLine()).startsWith("old ");
        cluster.ready(0, Servers.echo("new"));
        cluster.transport.drain(old);
        try (Socket after = cluster.connect()) {
          assertThat(line(after)).startsWith("new ");
        }
        before.getOutputStream().write("still\n".getBytes(US_ASCII));
        assertThat(lines.readLine()).isEqualTo("still");
      }
    }
  }

  @Test
  void theSuccessorsReadinessOutlivesThePredecessorsEnd() throws Exception {
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat old = cluster.ready(0, Servers.echo("old"));
      cluster.ready(0, Servers.echo("new"));
      cluster.transport.drain(old);
      cluster.transport.exited(old);
      try (Socket client = cluster.connect()) {
        assertThat(line(client)).startsWith("new ");
      }
    }
  }

  @Test
  void afterAResizeConnectionsGoWhereTheNewRouterSays() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("zero"))) {
      try (Socket client = cluster.connect(3)) {
        assertThat(line(client)).startsWith("zero ");
      }
      cluster.transport.resize(new Cluster.TestRouter(2));
      try (Socket parked = cluster.connect(3)) {
        await().until(() -> cluster.transport.counters().parked() == 1);
        cluster.transport.resize(new Cluster.TestRouter(1));
        assertThat(line(parked)).startsWith("zero ");
      }
      cluster.transport.resize(new Cluster.TestRouter(2));
      cluster.ready(1, Servers.echo("one"));
      try (Socket client = cluster.connect(3)) {
        assertThat(line(client)).startsWith("one ");
      }
    }
  }

  @Test
  void shutdownRefusesNewConnectionsAndServesTheOldOnes() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("w"));
        Socket client = cluster.connect()) {
      BufferedReader lines = lines(client);
      lines.readLine();
      cluster.transport.shutdown();
      await()
          .until(
              () -> {
                try (Socket late = cluster.connect()) {
                  return false;
                } catch (IOException e) {
                  return true;
                }
              });
      client.getOutputStream().write("on\n".getBytes(US_ASCII));
      assertThat(lines.readLine()).isEqualTo("on");
    }
  }

  @Test
  void closeFreesThePortAndEndsConnections() throws Exception {
    Socket client;
    InetSocketAddress address;
    try (Cluster cluster = Cluster.of(Servers.echo("w"))) {
      client = cluster.connect();
      line(client);
      address = cluster.address;
    }
    assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
        .isInstanceOf(IOException.class);
    assertThat(ended(client)).isTrue();
    client.close();
  }

  @Test
  void aPortInUseIsAnErrorEvenIfItIsTheSameUsersOtherCluster() throws Exception {
    try (Cluster cluster = Cluster.of(Servers.echo("w"))) {
      Cluster.Setup setup = new Cluster.Setup();
      setup.address = cluster.address;
      assertThatThrownBy(() -> new Cluster(setup)).isInstanceOf(BindException.class);
      try (Socket client = cluster.connect()) {
        assertThat(line(client)).startsWith("w ");
      }
    }
  }

  @Test
  void atTheBoundOfConnectionsNewOnesWaitForOldOnesToEnd() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.options.put("max-connections", "3");
    setup.options.put("loops", "1");
    try (Cluster cluster = new Cluster(setup)) {
      cluster.ready(0, Servers.echo("w"));
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Socket client = cluster.connect();
        assertThat(line(client)).startsWith("w ");
        clients.add(client);
      }
      try (Socket waiting = cluster.connect()) {
        clients.get(0).close();
        assertThat(line(waiting)).startsWith("w ");
        assertThat(cluster.transport.counters().open()).isLessThanOrEqualTo(3);
      }
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  static String line(Socket socket) throws IOException {
    return lines(socket).readLine();
  }

  static BufferedReader lines(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
  }

  /** Returns whether the other side ended or broke the connection. */
  static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }
}
