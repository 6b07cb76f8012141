package io.stickycluster.internal.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.Recycling;
import io.stickycluster.Server.Counters;
import io.stickycluster.Watchdog;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

  private static final Watchdog WATCHDOG =
      new Watchdog(Duration.ofSeconds(1), Duration.ofSeconds(4));

  private final SupervisorHarness harness = new SupervisorHarness(2).allReady();

  @Test
  void aWorkerWithoutASignOfLifeIsKilledAtTheDeadline() {
    check(WATCHDOG, Recycling.never());
    WorkerHandle stuck = harness.current(0);
    WorkerHandle lively = harness.current(1);
    for (int second = 0; second < 4; second++) {
      harness.loop.advance(Duration.ofSeconds(1));
      lively.lastSignNanos = harness.loop.nanoTime();
      assertThat(harness.process(stuck).killed).isFalse();
    }
    harness.loop.advance(Duration.ofSeconds(1));

    assertThat(harness.process(stuck).killed).isTrue();
    assertThat(harness.process(lively).killed).isFalse();
    assertThat(Collections.frequency(harness.heard(lively), "sticky-cluster:ping")).isEqualTo(5);
  }

  @Test
  void withoutAWatchdogNobodyIsAskedOrKilled() {
    check(null, Recycling.never());
    WorkerHandle silent = harness.current(0);
    harness.loop.advance(Duration.ofHours(1));

    assertThat(harness.process(silent).killed).isFalse();
    assertThat(harness.heard(silent)).isEmpty();
  }

  @Test
  void aWorkerPastItsLifetimeIsReplacedOnce() {
    check(null, new Recycling(Duration.ofSeconds(20), 0, 0, 0));
    WorkerHandle old = harness.current(0);
    harness.loop.advance(Duration.ofSeconds(20));
    assertThat(harness.supervisor.slots().get(0).successor).isNull();
    harness.loop.advance(Duration.ofSeconds(15));

    WorkerHandle successor =
        Objects.requireNonNull(harness.supervisor.slots().get(0).successor, "no successor");
    harness.loop.run(() -> harness.makeReady(successor));
    assertThat(harness.heard(old)).contains("sticky-cluster:drain");
  }

  @Test
  void aWorkerPastItsConnectionsIsReplaced() {
    check(null, new Recycling(Duration.ZERO, 100, 0, 0));
    harness.current(1).counters = new Counters(101, 3, 0);
    harness.loop.advance(Duration.ofSeconds(5));

    assertThat(harness.supervisor.slots().get(1).successor).isNotNull();
    assertThat(harness.supervisor.slots().get(0).successor).isNull();
  }

  @Test
  void theMasterItselfHoldsMemory() {
    assertThat(ResidentMemory.bytesOf(ProcessHandle.current().pid())).isGreaterThan(1 << 20);
    assertThat(ResidentMemory.bytesOf(-1)).isZero();
  }

  private void check(@Nullable Watchdog watchdog, Recycling recycling) {
    HealthCheck check =
        new HealthCheck(harness.supervisor, watchdog, recycling, harness.options.prefix());
    harness.loop.run(check::start);
  }
}
