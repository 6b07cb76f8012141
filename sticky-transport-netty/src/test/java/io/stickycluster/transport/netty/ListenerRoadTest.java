package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.transport.netty.TestCluster.Client;
import io.stickycluster.transport.netty.TestCluster.TestWorker;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerRoadTest {

  private static final int MANY = 6;

  private TestCluster cluster;

  @BeforeAll
  static void needsEpoll() {
    assumeTrue(new NettyTransportProvider().unavailable().isEmpty());
  }

  @BeforeEach
  void startMaster() throws IOException {
    cluster = new TestCluster("auto", new TestRouter(3));
  }

  @AfterEach
  void close() throws IOException {
    cluster.close();
  }

  @Test
  void autoTakesThisRoadAndSaysWhy() {
    assertThat(cluster.transport().handOver()).isEqualTo("listener");
    assertThat(cluster.transport().describe()).contains("the kernel steers");
  }

  @Test
  void clientsReachTheWorkerOfTheirIndexWhichSeesTheirAddress() throws Exception {
    for (int index = 0; index < 3; index++) {
      cluster.start(index, "w" + index);
    }
    for (int host = 1; host <= 60; host++) {
      try (Client client = cluster.client(host)) {
        assertThat(client.ask("x")).isEqualTo("w" + host % 3 + " 127.0.0." + host + " x");
      }
    }
    try (Client client = cluster.ipv6Client()) {
      assertThat(client.ask("x")).startsWith("w1 ");
    }
    assertThat(cluster.counters().accepted()).as("the master is not in the path").isZero();
  }

  @Test
  void theQueueOutlivesTheWorkerAndEveryIndexStays() throws Exception {
    cluster.start(0, "w0");
    TestWorker dying = cluster.start(1, "dying");
    cluster.start(2, "w2");
    dying.close();
    cluster.transport().exited(dying.seat());
    await().until(() -> dying.server.counters().open() == 0);
    try (Client queued = cluster.client(1).send("x\n");
        Client other = cluster.client(2)) {
      assertThat(other.ask("y")).startsWith("w2");
      cluster.start(1, "successor");
      assertThat(queued.read()).startsWith("successor");
    }
  }

  @Test
  void aReloadedWorkerTakesWhoIsQueuedAndNobodyElse() throws Exception {
    TestWorker old = cluster.start(1, "old");
    TestWorker next = cluster.start(1, "new");
    cluster.transport().drain(old.seat());
    old.half.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 30; i++) {
      try (Client client = cluster.client(1)) {
        assertThat(client.ask("x")).startsWith("new");
      }
    }
    assertThat(next.server.counters().accepted()).isEqualTo(30);
  }

  @Test
  void scalingUpAndDownKeepsIndexAndListenerTogether() throws Exception {
    for (int index = 0; index < 3; index++) {
      cluster.start(index, "w" + index);
    }
    cluster.transport().resize(new TestRouter(MANY));
    TestWorker[] added = new TestWorker[MANY];
    for (int index = 3; index < MANY; index++) {
      added[index] = cluster.start(index, "w" + index);
    }
    expectIndexes(MANY);
    cluster.transport().resize(new TestRouter(2));
    expectIndexes(2);
    // Grown again before the removed workers have gone: their listeners are still in place.
    cluster.transport().resize(new TestRouter(4));
    expectIndexes(4);
    cluster.transport().resize(new TestRouter(3));
    for (int index = 3; index < MANY; index++) {
      cluster.transport().drain(added[index].seat());
      added[index].half.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
      added[index].close();
      cluster.transport().exited(added[index].seat());
    }
    cluster.transport().resize(new TestRouter(5));
    cluster.start(3, "w3");
    cluster.start(4, "w4");
    expectIndexes(5);
  }

  private void expectIndexes(int n) throws IOException {
    for (int host = 1; host <= 3 * n; host++) {
      try (Client client = cluster.client(host)) {
        assertThat(client.ask("x")).startsWith("w" + host % n + " ");
      }
    }
  }

  @Test
  void shutdownServesTheQueueAndFreesThePort() throws Exception {
    TestWorker worker = cluster.start(1, "last");
    try (Client client = cluster.client(1)) {
      cluster.transport().shutdown();
      cluster.transport().drain(worker.seat());
      worker.half.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(client.ask("x")).startsWith("last");
    }
    try (TestCluster second = onPort("listener", cluster.port())) {
      assertThat(second.port()).isEqualTo(cluster.port());
    }
  }

  @Test
  void aPortInUseIsRefusedThoughItsListenersWouldShareIt() {
    assertThatThrownBy(() -> onPort("auto", cluster.port()))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("in use");
    assertThatThrownBy(() -> onPort("connection", cluster.port()))
        .isInstanceOf(BindException.class)
        .hasMessageContaining(String.valueOf(cluster.port()));
  }

  private static TestCluster onPort(String handOver, int port) throws IOException {
    return new TestCluster(
        handOver, new TestRouter(2), null, new Parking(10, Duration.ofSeconds(1)), port);
  }

  @Test
  void whatTheKernelCannotSteerGoesTheOtherRoadWithAReason() throws Exception {
    TestRouter obstacle = new TestRouter(2, Optional.of("int31 needs 33 bits"), 0);
    try (TestCluster fallback = new TestCluster("auto", obstacle)) {
      assertThat(fallback.transport().handOver()).isEqualTo("connection");
      assertThat(fallback.transport().describe()).contains("int31 needs 33 bits");
      fallback.start(0, "zero");
      try (Client client = fallback.client(2)) {
        assertThat(client.ask("x")).startsWith("zero");
      }
    }
    assertThatThrownBy(() -> new TestCluster("listener", obstacle))
        .hasMessageContaining("'listener' is not possible: int31 needs 33 bits");
  }

  @Test
  void aProgramThatDisagreesWithItsStrategyIsNotUsed() throws Exception {
    TestRouter liar = new TestRouter(3, Optional.empty(), 1);
    try (TestCluster fallback = new TestCluster("auto", liar)) {
      assertThat(fallback.transport().describe()).contains("has a bug");
    }
    assertThatThrownBy(() -> new TestCluster("listener", liar)).hasMessageContaining("has a bug");
    assertThatThrownBy(() -> cluster.transport().resize(liar)).isInstanceOf(IOException.class);
    cluster.start(1, "w1");
    try (Client client = cluster.client(1)) {
      assertThat(client.ask("x")).startsWith("w1");
    }
  }
}
