package io.stickycluster.internal.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SupervisorTest {

  @Test
  void forksAWorkerForEveryIndex() {
    SupervisorHarness harness = new SupervisorHarness(3);

    assertThat(harness.supervisor.infos()).extracting(WorkerInfo::index).containsExactly(0, 1, 2);
    assertThat(harness.readyCalls).isZero();
  }

  @Test
  void isReadyOnceWhenTheLastWorkerIs() {
    SupervisorHarness harness = new SupervisorHarness(3).allReady();
    harness.die(harness.current(1), 1);
    harness.loop.advance(Duration.ofSeconds(1));
    harness.allReady();

    assertThat(harness.readyCalls).isEqualTo(1);
  }

  @Test
  void aDeadWorkerComesBackAtItsIndexWithANewId() {
    SupervisorHarness harness = new SupervisorHarness(3).allReady();
    WorkerHandle dead = harness.current(1);
    harness.die(dead, FakeProcesses.SIGKILL);

    WorkerHandle successor = harness.current(1);
    assertThat(successor.seat.id()).isNotEqualTo(dead.seat.id());
    assertThat(successor.seat.token()).isNotEqualTo(dead.seat.token());
    assertThat(harness.transport.calls).contains("exited 1#2", "prepare 1#4");
  }

  @Test
  void aSecondDeathInARowWaitsAndEachFurtherOneTwiceAsLong() {
    SupervisorHarness harness = new SupervisorHarness(1).allReady();
    harness.die(harness.current(0), 1);
    assertThat(harness.processes.forked).hasSize(2);

    harness.allReady();
    harness.die(harness.current(0), 1);
    harness.loop.advance(Duration.ofMillis(99));
    assertThat(harness.processes.forked).hasSize(2);
    harness.loop.advance(Duration.ofMillis(1));
    assertThat(harness.processes.forked).hasSize(3);

    harness.allReady();
    harness.die(harness.current(0), 1);
    harness.loop.advance(Duration.ofMillis(199));
    assertThat(harness.processes.forked).hasSize(3);
    harness.loop.advance(Duration.ofMillis(1));
    assertThat(harness.processes.forked).hasSize(4);
  }

  @Test
  void aStablePeriodForgetsEarlierDeaths() {
    SupervisorHarness harness = new SupervisorHarness(1).allReady();
    harness.die(harness.current(0), 1);
    harness.allReady();
    harness.loop.advance(Duration.ofSeconds(10));
    harness.die(harness.current(0), 1);

    assertThat(harness.processes.forked).hasSize(3);
  }

  @Test
  void givesUpPastTheRestartIntensityAndSaysWhy() {
    SupervisorHarness harness = new SupervisorHarness(2);
    for (int death = 0; death < 6; death++) {
      WorkerHandle worker = harness.supervisor.alive().get(0);
      harness.loop.run(() -> harness.supervisor.failed(worker, "no database"));
      harness.die(worker, 1);
      harness.loop.advance(Duration.ofSeconds(2));
    }

    assertThat(harness.failures)
        .singleElement()
        .asString()
        .contains("giving up", "never became ready", "no database", "maxRestarts");
    assertThat(harness.exitCodes).containsExactly(1);
  }

  @Test
  void deathsSpreadOverMoreThanTheWindowAreBorne() {
    SupervisorHarness harness = new SupervisorHarness(1).allReady();
    for (int death = 0; death < 30; death++) {
      harness.die(harness.current(0), 1);
      harness.allReady();
      harness.loop.advance(Duration.ofSeconds(20));
    }

    assertThat(harness.failures).isEmpty();
  }

  @Test
  void aWorkerThatIsNotReadyInTimeIsKilledAndReplaced() {
    SupervisorHarness harness = new SupervisorHarness(1);
    WorkerHandle slow = harness.current(0);
    harness.loop.advance(Duration.ofSeconds(20));

    assertThat(harness.process(slow).killed).isTrue();
    harness.loop.advance(Duration.ofMillis(100));
    assertThat(harness.processes.forked).hasSize(2);
  }

  @Test
  void aForkThatTheSystemRefusesIsTriedAgain() {
    SupervisorHarness harness = new SupervisorHarness(1).allReady();
    harness.processes.refuses = true;
    harness.die(harness.current(0), 1);
    harness.processes.refuses = false;
    harness.loop.advance(Duration.ofMillis(200));

    assertThat(harness.processes.forked).hasSize(2);
    assertThat(harness.failures).isEmpty();
  }

  @Test
  void shutdownStopsAcceptingThenDrainsThenEndsWithZero() {
    SupervisorHarness harness = new SupervisorHarness(2).allReady();
    WorkerHandle first = harness.current(0);
    WorkerHandle second = harness.current(1);
    harness.transport.calls.clear();
    harness.loop.run(harness.supervisor::shutdown);

    assertThat(harness.transport.calls).containsExactly("shutdown", "drain 0#1", "drain 1#2");
    assertThat(harness.heard(first)).containsExactly("sticky-cluster:drain");
    assertThat(harness.exitCodes).isEmpty();
    harness.die(first, 0);
    harness.die(second, 0);
    assertThat(harness.exitCodes).containsExactly(0);
    assertThat(harness.processes.forked).hasSize(2);
  }

  @Test
  void shutdownForcesWhoeverIsNotDoneAfterTheDelayAndEndsWithOne() {
    SupervisorHarness harness = new SupervisorHarness(2).allReady();
    WorkerHandle quick = harness.current(0);
    WorkerHandle slow = harness.current(1);
    harness.loop.run(harness.supervisor::shutdown);
    harness.die(quick, 0);
    harness.loop.advance(Duration.ofSeconds(60));

    assertThat(harness.process(slow).killed).isTrue();
    assertThat(harness.exitCodes).containsExactly(1);
  }

  @Test
  void shutdownDuringStartUpKillsThoseWhoServeNobodyYet() {
    SupervisorHarness harness = new SupervisorHarness(3);
    harness.loop.run(harness.supervisor::shutdown);

    assertThat(harness.processes.forked).allMatch(process -> process.killed);
    assertThat(harness.exitCodes).containsExactly(0);
  }

  @Test
  void aWorkerWhoseLinkClosesButWhoLivesOnIsKilled() {
    SupervisorHarness harness = new SupervisorHarness(1).allReady();
    WorkerHandle mute = harness.current(0);
    harness.loop.run(() -> harness.supervisor.linkClosed(mute));
    assertThat(harness.process(mute).killed).isFalse();
    harness.loop.advance(Duration.ofSeconds(10));

    assertThat(harness.process(mute).killed).isTrue();
  }

  @Test
  void theDeadAreNotRevivedPastTheLifetime() {
    SupervisorHarness harness =
        new SupervisorHarness(
            1,
            builder ->
                builder.respawn(
                    new io.stickycluster.RespawnPolicy(
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        0,
                        Duration.ofSeconds(10),
                        5,
                        Duration.ofMinutes(1),
                        Duration.ofHours(1))));
    harness.allReady();
    harness.loop.advance(Duration.ofMinutes(61));
    harness.die(harness.current(0), 1);

    assertThat(harness.processes.forked).hasSize(1);
    assertThat(harness.exitCodes).containsExactly(0);
  }

  @Test
  void stateBelongsToTheLoop() {
    SupervisorHarness harness = new SupervisorHarness(1);

    assertThatThrownBy(harness.supervisor::shutdown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("loop");
  }

  @Test
  void readyOutOfTurnChangesNothing() {
    SupervisorHarness harness = new SupervisorHarness(1);
    WorkerHandle worker = harness.current(0);
    harness.loop.run(() -> harness.supervisor.ready(worker, Map.of()));

    assertThat(worker.state()).isEqualTo(State.STARTING);
    assertThat(harness.transport.calls).containsExactly("prepare 0#1");
  }

  @Test
  void aTokenIsGoodForOneLinkOnly() {
    SupervisorHarness harness = new SupervisorHarness(1);
    WorkerHandle worker = harness.current(0);
    harness.loop.run(
        () -> {
          assertThat(harness.supervisor.findByToken("guess")).isNull();
          assertThat(harness.supervisor.findByToken(worker.controlToken)).isSameAs(worker);
          harness.supervisor.connected(worker, new SupervisorHarness.FakeLink());
          assertThat(harness.supervisor.findByToken(worker.controlToken)).isNull();
        });
  }
}
