package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stickycluster.Server;
import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.spi.WorkerTransport.Setup;
import io.stickycluster.transport.netty.TestCluster.Client;
import io.stickycluster.transport.netty.TestCluster.TestWorker;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionRoadTest {

  private TestCluster cluster;

  @BeforeAll
  static void needsEpoll() {
    assumeTrue(new NettyTransportProvider().unavailable().isEmpty());
  }

  @BeforeEach
  void startMaster() throws IOException {
    cluster = new TestCluster("connection", new TestRouter(2));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    cluster.close();
    assertThat(cluster.counters().open()).isZero();
    assertThat(cluster.counters().unacknowledged()).isZero();
    assertThat(cluster.counters().parked()).isZero();
  }

  @Test
  void clientsReachTheWorkerOfTheirIndexWhichSeesTheirAddress() throws Exception {
    cluster.start(0, "zero");
    cluster.start(1, "one");
    for (int host = 1; host <= 40; host++) {
      try (Client client = cluster.client(host)) {
        assertThat(client.ask("hello"))
            .isEqualTo((host % 2 == 0 ? "zero" : "one") + " 127.0.0." + host + " hello");
      }
    }
    try (Client client = cluster.ipv6Client()) {
      assertThat(client.ask("hello")).startsWith("one 0:0:0:0:0:0:0:1");
    }
    assertThat(cluster.counters().accepted()).isEqualTo(41);
    await().until(() -> cluster.counters().open() == 0);
  }

  @Test
  void connectionsWaitForAWorkerThatIsNotReady() throws Exception {
    try (Client early = cluster.client(2).send("early\n")) {
      await().until(() -> cluster.counters().parked() == 1);
      cluster.start(1, "other");
      cluster.start(0, "mine");
      assertThat(early.read()).isEqualTo("mine 127.0.0.2 early");
    }
  }

  @Test
  void whatADeadWorkerHadNotAcknowledgedIsServedByItsSuccessor() throws Exception {
    Setup setup = cluster.seat(0);
    try (RawWorker dying = RawWorker.welcomed(setup);
        Client acknowledged = cluster.client(2);
        Client first = cluster.client(4);
        Client second = cluster.client(6)) {
      cluster.transport().ready(TestCluster.seatOf(setup), Map.of());
      dying.awaitConnections(3);
      dying.say((byte) 1);
      await().until(() -> cluster.counters().unacknowledged() == 2);
      dying.close();
      cluster.transport().exited(TestCluster.seatOf(setup));
      cluster.start(0, "successor");
      assertThat(first.ask("a")).isEqualTo("successor 127.0.0.4 a");
      assertThat(second.ask("b")).isEqualTo("successor 127.0.0.6 b");
      assertThat(acknowledged.read()).as("in the hands of the dead").isNull();
    }
  }

  @Test
  void acknowledgementsThatADeadWorkerLeftBehindCount() throws Exception {
    Setup setup = cluster.seat(0);
    try (RawWorker dying = RawWorker.welcomed(setup);
        Client client = cluster.client(2)) {
      cluster.transport().ready(TestCluster.seatOf(setup), Map.of());
      dying.awaitConnections(1);
      dying.say((byte) 1);
      dying.close();
      cluster.transport().exited(TestCluster.seatOf(setup));
      assertThat(client.read()).isNull();
      assertThat(cluster.counters().parked()).isZero();
    }
  }

  @Test
  void aStoppedWorkersConnectionsWaitAndItsSuccessorServesThemAll() throws Exception {
    cluster.start(1, "other");
    Setup setup = cluster.seat(0);
    List<Client> clients = new ArrayList<>();
    try (RawWorker stopped = RawWorker.welcomed(setup)) {
      cluster.transport().ready(TestCluster.seatOf(setup), Map.of());
      int held = Lane.WINDOW + 80;
      for (int i = 0; i < held; i++) {
        clients.add(cluster.client(2).send("x\n"));
      }
      await().until(() -> cluster.counters().open() == held);
      assertThat(cluster.counters().unacknowledged()).isEqualTo(Lane.WINDOW);
      try (Client unaffected = cluster.client(3)) {
        assertThat(unaffected.ask("y")).startsWith("other");
      }
      stopped.close();
      cluster.transport().exited(TestCluster.seatOf(setup));
      cluster.start(0, "successor");
      for (Client client : clients) {
        assertThat(client.read()).isEqualTo("successor 127.0.0.2 x");
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
    assertThat(cluster.counters().rejected()).isZero();
  }

  @Test
  void parkingIsBoundedInNumberAndTime() throws Exception {
    cluster.close();
    Duration maxWait = Duration.ofMillis(300);
    cluster = new TestCluster("connection", new TestRouter(1), null, new Parking(2, maxWait), 0);
    try (Client first = cluster.client(1);
        Client second = cluster.client(1)) {
      await().until(() -> cluster.counters().parked() == 2);
      try (Client third = cluster.client(1).send("GET / HTTP/1.1\r\n\r\n")) {
        assertThat(third.read()).as("past the number").isNull();
      }
      assertThat(first.read()).as("past the time").isNull();
      assertThat(second.read()).isNull();
    }
    assertThat(cluster.counters().rejected()).isEqualTo(3);
    cluster.start(0, "late");
    try (Client served = cluster.client(1)) {
      assertThat(served.ask("x")).startsWith("late");
    }
  }

  @Test
  void aReloadedWorkerGivesWayAndFinishesWhatItHas() throws Exception {
    TestWorker old = cluster.start(0, "old");
    try (Client staying = cluster.client(2)) {
      assertThat(staying.ask("1")).startsWith("old");
      cluster.start(0, "new");
      cluster.transport().drain(old.seat());
      old.half.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
      var drained = old.server.drain().toCompletableFuture();
      try (Client next = cluster.client(2)) {
        assertThat(next.ask("2")).startsWith("new");
      }
      assertThat(staying.ask("3")).startsWith("old");
      assertThat(drained).isNotDone();
      staying.close();
      drained.get(10, TimeUnit.SECONDS);
      old.close();
      cluster.transport().exited(old.seat());
    }
  }

  @Test
  void shutdownServesWhoIsInTheQueueAndRefusesWhoComesLater() throws Exception {
    TestWorker worker = cluster.start(0, "last");
    try (Client client = cluster.client(2)) {
      cluster.transport().shutdown();
      cluster.transport().drain(worker.seat());
      worker.half.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(client.ask("x")).startsWith("last");
    }
    assertThatThrownBy(() -> cluster.client(2)).isInstanceOf(ConnectException.class);
  }

  @Test
  void aWorkerWithoutDescriptorsGetsItsConnectionAgain() throws Exception {
    Setup setup = cluster.seat(0);
    try (RawWorker worker = RawWorker.welcomed(setup);
        Client client = cluster.client(2)) {
      cluster.transport().ready(TestCluster.seatOf(setup), Map.of());
      worker.awaitConnections(1);
      worker.say((byte) 0);
      worker.awaitConnections(2);
      worker.say((byte) 1);
      await().until(() -> cluster.counters().open() == 0);
      worker.close();
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void aWorkerThatAcknowledgesWhatItWasNotSentLosesItsLaneOnly() throws Exception {
    cluster.start(1, "other");
    Random random = new Random(11);
    for (int i = 0; i < 8; i++) {
      Setup setup = cluster.seat(0);
      try (RawWorker liar = RawWorker.welcomed(setup)) {
        byte[] nonsense = new byte[1 + random.nextInt(100)];
        random.nextBytes(nonsense);
        liar.say(nonsense);
        liar.awaitEnd();
      }
      cluster.transport().exited(TestCluster.seatOf(setup));
    }
    try (Client client = cluster.client(3)) {
      assertThat(client.ask("x")).startsWith("other");
    }
  }

  @Test
  void strangersAreRefusedWhateverTheySay() throws Exception {
    Setup setup = cluster.seat(0);
    Random random = new Random(5);
    for (int i = 0; i < 16; i++) {
      byte[] noise = new byte[1 + random.nextInt(Hello.MAX_BYTES - 1)];
      random.nextBytes(noise);
      try (RawWorker stranger = new RawWorker(setup, noise)) {
        stranger.awaitEnd();
      }
    }
    try (RawWorker impostor = new RawWorker(setup, RawWorker.hello(setup, "guess"))) {
      impostor.awaitEnd();
    }
    try (RawWorker worker = RawWorker.welcomed(setup);
        RawWorker again = new RawWorker(setup, RawWorker.hello(setup, setup.token()))) {
      again.awaitEnd();
      cluster.transport().ready(TestCluster.seatOf(setup), Map.of());
      try (Client client = cluster.client(2)) {
        worker.awaitConnections(1);
        assertThat(client).isNotNull();
      }
    }
  }

  @Test
  void resizingMovesWhoWaitsToItsNewWorker() throws Exception {
    try (Client waiting = cluster.client(6).send("x\n")) {
      await().until(() -> cluster.counters().parked() == 1);
      cluster.transport().resize(new TestRouter(5));
      cluster.start(1, "one of five");
      assertThat(waiting.read()).startsWith("one of five");
      cluster.transport().resize(new TestRouter(1));
      cluster.start(0, "the only one");
      try (Client next = cluster.client(6)) {
        assertThat(next.ask("x")).startsWith("the only one");
      }
    }
  }

  @Test
  void noDescriptorIsLeftOfThousandConnections() throws Exception {
    cluster.start(0, "zero");
    cluster.start(1, "one");
    long before = TestCluster.openSockets();
    for (int i = 0; i < 1000; i++) {
      try (Client client = cluster.client(1 + i % 200)) {
        if (i % 3 != 0) {
          client.ask("x");
        }
      }
    }
    await().untilAsserted(() -> assertThat(TestCluster.openSockets()).isLessThanOrEqualTo(before));
  }

  @Test
  void anOtherServerIsRefusedWithTheRemedy() {
    var started =
        new NettyTransportProvider()
            .createWorker()
            .start(new ForeignServer(), cluster.seat(0))
            .toCompletableFuture();
    assertThatThrownBy(started::join).hasMessageContaining("sticky-transport-nio");
  }

  private static final class ForeignServer implements Server {
    @Override
    public CompletionStage<?> drain() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }
}
