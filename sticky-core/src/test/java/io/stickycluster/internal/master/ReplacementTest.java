package io.stickycluster.internal.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.WorkerInfo.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ReplacementTest {

  private final SupervisorHarness harness = new SupervisorHarness(2).allReady();

  @Test
  void theSuccessorIsReadyBeforeThePredecessorDrains() {
    WorkerHandle old = harness.current(0);
    harness.transport.calls.clear();
    reload();
    assertThat(old.state()).isEqualTo(State.READY);
    WorkerHandle successor = successor(0);
    harness.loop.run(() -> harness.makeReady(successor));

    assertThat(harness.transport.calls).containsExactly("prepare 0#3", "ready 0#3", "drain 0#1");
    assertThat(harness.current(0)).isSameAs(successor);
    assertThat(old.state()).isEqualTo(State.DRAINING);
  }

  @Test
  void workersGoOneByOne() {
    CompletableFuture<Integer> result = reload();
    WorkerHandle oldFirst = harness.current(0);
    harness.loop.run(() -> harness.makeReady(successor(0)));
    assertThat(harness.supervisor.slots().get(1).successor).isNull();
    harness.die(oldFirst, 0);
    WorkerHandle oldSecond = harness.current(1);
    harness.loop.run(() -> harness.makeReady(successor(1)));
    assertThat(result).isNotDone();
    harness.die(oldSecond, 0);

    assertThat(result).isCompletedWithValue(2);
    assertThat(harness.told).containsExactly("reloading", "reloaded true");
    assertThat(harness.supervisor.infos()).hasSize(2).allMatch(info -> info.id() > 2);
  }

  @Test
  void aSuccessorThatCannotStartLeavesTheOldWorkersInPlace() {
    WorkerHandle old = harness.current(0);
    CompletableFuture<Integer> result = reload();
    WorkerHandle broken = successor(0);
    harness.loop.run(() -> harness.supervisor.failed(broken, "bad configuration"));
    harness.die(broken, 1);

    assertThat(harness.current(0)).isSameAs(old);
    assertThat(old.state()).isEqualTo(State.READY);
    assertThatThrownBy(result::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("bad configuration")
        .hasMessageContaining("0 of 2");
    assertThat(harness.failures).isEmpty();
    assertThat(harness.told).containsExactly("reloading", "reloaded false");
  }

  @Test
  void aPredecessorThatIgnoresItsDrainIsKilledAtTheDeadline() {
    WorkerHandle old = harness.current(0);
    reload();
    harness.loop.run(() -> harness.makeReady(successor(0)));
    harness.loop.advance(Duration.ofSeconds(5));

    assertThat(harness.process(old).killed).isTrue();
    assertThat(successor(1)).isNotNull();
  }

  @Test
  void reloadsAskedForDuringAReloadAreOneMore() {
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      results.add(reload());
    }
    assertThat(results.get(1)).isSameAs(results.get(4));
    finishReload();
    assertThat(results.get(0)).isCompletedWithValue(2);
    assertThat(results.get(1)).isNotDone();
    finishReload();

    assertThat(results.get(1)).isCompletedWithValue(2);
    assertThat(harness.processes.forked).hasSize(6);
  }

  @Test
  void aPredecessorThatDiesIsFollowedByItsSuccessorAndByNobodyElse() {
    WorkerHandle old = harness.current(0);
    reload();
    WorkerHandle successor = successor(0);
    harness.die(old, FakeProcesses.SIGKILL);

    assertThat(harness.current(0)).isSameAs(successor);
    assertThat(harness.processes.forked).hasSize(3);
    harness.loop.run(() -> harness.makeReady(successor));
    assertThat(successor(1)).isNotNull();
  }

  @Test
  void aSlotThatWaitsForItsRespawnIsForkedAtOnce() {
    harness.die(harness.current(0), 1);
    harness.allReady();
    harness.die(harness.current(0), 1);
    assertThat(harness.supervisor.slots().get(0).current).isNull();
    reload();

    assertThat(harness.current(0).state()).isEqualTo(State.STARTING);
    int forked = harness.processes.forked.size();
    harness.loop.advance(Duration.ofSeconds(1));
    assertThat(harness.processes.forked).hasSize(forked);
  }

  @Test
  void shutdownDuringAReloadFailsItAndEndsEverybody() {
    CompletableFuture<Integer> result = reload();
    harness.loop.run(harness.supervisor::shutdown);

    assertThat(result).isCompletedExceptionally();
    harness.die(harness.current(0), 0);
    harness.die(harness.current(1), 0);
    assertThat(harness.exitCodes).containsExactly(0);
  }

  private void finishReload() {
    for (int index = 0; index < 2; index++) {
      WorkerHandle old = harness.current(index);
      WorkerHandle successor = successor(index);
      harness.loop.run(() -> harness.makeReady(successor));
      harness.die(old, 0);
    }
  }

  private WorkerHandle successor(int index) {
    return Objects.requireNonNull(
        harness.supervisor.slots().get(index).successor, "no successor at " + index);
  }

  private CompletableFuture<Integer> reload() {
    List<CompletionStage<Integer>> result = new ArrayList<>();
    harness.loop.run(() -> result.add(harness.supervisor.operations().reload()));
    return result.get(0).toCompletableFuture();
  }
}
