package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that are killed, told to end, or told twice. */
class DeathAndShutdownIT {

  private static final String CLIENT = "127.0.0.9";

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aKilledWorkerComesBackAtItsIndexAndItsClientsWaitForIt(String transport) {
    try (ExampleProcess example = start("--workers=3", "--transport=" + transport)) {
      WhoIs before = example.whoIs(CLIENT);
      ProcessHandle victim = ProcessHandle.of(before.pid()).orElseThrow();
      victim.destroyForcibly();
      await().until(() -> !ExampleProcess.isRunning(victim));

      // Asked once and at once: the connection waits for the new process instead of being refused.
      WhoIs after = example.whoIs(CLIENT);

      assertThat(after.worker()).isEqualTo(before.worker());
      assertThat(after.pid()).isNotEqualTo(before.pid());
      assertThat(after.id()).isGreaterThan(before.id());
      assertThat(after.env())
          .isEqualTo(before.env())
          .containsEntry("stickycluster_worker_index", Integer.toString(before.worker()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void noWorkerOutlivesAKilledMasterAndThePortIsFree(String transport) {
    try (ExampleProcess example = start("--workers=3", "--transport=" + transport)) {
      List<ProcessHandle> workers = example.workers();
      assertThat(workers).hasSize(3);

      example.signal("KILL");

      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> workers.stream().noneMatch(ExampleProcess::isRunning));
      assertThat(canListen(example.port())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aRequestInFlightIsAnsweredBeforeATerminatedClusterEnds(String transport) {
    try (ExampleProcess example = start("--workers=2", "--transport=" + transport)) {
      CompletableFuture<TestHttp.Response> slow = beginSlow(example, 2500);

      example.signal("TERM");

      assertThat(slow.join().body()).isEqualTo("waited 2500 ms\n");
      assertThat(example.awaitExit()).isZero();
      assertThat(example.workers()).isEmpty();
    }
  }

  @Test
  void ctrlCInATerminalIsGracefulToo() {
    try (ExampleProcess example = start("--workers=2")) {
      CompletableFuture<TestHttp.Response> slow = beginSlow(example, 2500);

      example.signalGroup("INT");

      assertThat(slow.join().body()).isEqualTo("waited 2500 ms\n");
      assertThat(example.awaitExit()).isZero();
    }
  }

  @Test
  void aShutdownThatTakesTooLongIsForcedAndExitsWith1() {
    try (ExampleProcess example = start("--workers=2", "--hard-shutdown-delay=2s")) {
      List<ProcessHandle> workers = example.workers();
      CompletableFuture<TestHttp.Response> slow = beginSlow(example, 25_000);

      long begin = System.nanoTime();
      example.signal("TERM");
      int exitCode = example.awaitExit();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);

      assertThat(exitCode).isEqualTo(1);
      assertThat(took).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(15));
      assertThat(workers).noneMatch(ExampleProcess::isRunning);
      assertThat(slow).failsWithin(Duration.ofSeconds(5));
    }
  }

  @Test
  void openWebSocketsDontHoldUpAShutdown() {
    try (ExampleProcess example = start("--workers=1");
        TestWebSocket visitor = TestWebSocket.join(example.port())) {
      example.signal("TERM");

      assertThat(visitor.closeCode()).isEqualTo(1012); // Service restart: come again.
      assertThat(example.awaitExit()).isZero();
    }
  }

  private static ExampleProcess start(String... options) {
    return ExampleProcess.startReady(options);
  }

  /** Sends a slow request; when this returns, its worker serves it. */
  private static CompletableFuture<TestHttp.Response> beginSlow(
      ExampleProcess example, int millis) {
    return TestHttp.begin(
        TestHttp.address("127.0.0.1"),
        example.port(),
        TestHttp.address(CLIENT),
        "/slow?ms=" + millis);
  }

  private static boolean canListen(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // Ended connections don't count, listening sockets do.
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
