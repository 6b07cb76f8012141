package io.stickycluster.internal.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.WorkerInfo;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ScalingTest {

  private final SupervisorHarness harness = new SupervisorHarness(2).allReady();

  @Test
  void growsAndIsDoneWhenTheNewWorkersAreReady() {
    CompletableFuture<Integer> result = scale(4);
    assertThat(harness.transport.calls).contains("resize 4");
    assertThat(result).isNotDone();
    harness.allReady();

    assertThat(result).isCompletedWithValue(4);
    assertThat(harness.supervisor.infos())
        .extracting(WorkerInfo::index)
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void shrinksByDrainingTheLastWorkers() {
    WorkerHandle surplus = harness.current(1);
    CompletableFuture<Integer> result = scale(1);
    assertThat(harness.transport.calls).endsWith("resize 1", "drain 1#2");
    harness.die(surplus, 0);

    assertThat(result).isCompletedWithValue(1);
    assertThat(harness.supervisor.slots()).hasSize(1);
    harness.loop.advance(Duration.ofMinutes(1));
    assertThat(harness.processes.forked).hasSize(2);
  }

  @Test
  void aNewWorkerThatCannotStartTakesTheScalingBack() {
    CompletableFuture<Integer> result = scale(4);
    WorkerHandle broken = harness.current(2);
    harness.loop.run(() -> harness.supervisor.failed(broken, "no licence"));
    harness.die(broken, 1);

    assertThatThrownBy(result::join).hasMessageContaining("no licence");
    assertThat(harness.transport.calls).contains("resize 4", "resize 2");
    assertThat(harness.supervisor.slots()).hasSize(2);
    assertThat(harness.supervisor.infos()).hasSize(2);
    harness.loop.advance(Duration.ofMinutes(1));
    assertThat(harness.processes.forked).hasSize(4);
  }

  @Test
  void aTransportThatCannotGrowChangesNothing() {
    harness.transport.refusesResize = true;
    CompletableFuture<Integer> result = scale(4);

    assertThatThrownBy(result::join).hasMessageContaining("no more sockets");
    assertThat(harness.processes.forked).hasSize(2);
  }

  @Test
  void scalingsRunOneAfterTheOther() {
    CompletableFuture<Integer> first = scale(3);
    CompletableFuture<Integer> second = scale(5);
    assertThat(harness.processes.forked).hasSize(3);
    harness.allReady();
    assertThat(first).isCompletedWithValue(3);
    harness.allReady();

    assertThat(second).isCompletedWithValue(5);
  }

  @Test
  void scalingToTheSameNumberIsDoneAtOnce() {
    assertThat(scale(2)).isCompletedWithValue(2);
  }

  private CompletableFuture<Integer> scale(int workers) {
    Scaling scaling =
        new Scaling(harness.supervisor, harness.transport, ScalingTest::router, workers);
    harness.loop.run(() -> harness.supervisor.operations().submit(scaling));
    return scaling.result();
  }

  private static Router router(int workers) {
    return new Router() {
      @Override
      public int workers() {
        return workers;
      }

      @Override
      public int indexOfAddress(byte[] address, int offset, int length) {
        return 0;
      }

      @Override
      public int indexOfText(byte[] key, int offset, int length) {
        return 0;
      }

      @Override
      public Optional<SteeringProgram> steering(int addressLength) {
        return Optional.empty();
      }

      @Override
      public Optional<String> steeringObstacle() {
        return Optional.of("a test");
      }
    };
  }
}
