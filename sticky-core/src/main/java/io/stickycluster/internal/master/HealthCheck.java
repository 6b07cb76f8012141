package io.stickycluster.internal.master;

import io.stickycluster.Recycling;
import io.stickycluster.Watchdog;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.Verb;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the ready: kills workers that give no sign of life and has those replaced that are
 * past a bound of recycling. Belongs to the loop.
 */
final class HealthCheck {

  private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

  private final Supervisor supervisor;
  private final @Nullable Watchdog watchdog;
  private final Recycling recycling;
  private final Frame ping;
  private final Duration interval;
  private final Set<WorkerHandle> reported = new HashSet<>();
  private final Set<WorkerHandle> recycled = new HashSet<>();

  HealthCheck(
      Supervisor supervisor, @Nullable Watchdog watchdog, Recycling recycling, String prefix) {
    this.supervisor = supervisor;
    this.watchdog = watchdog;
    this.recycling = recycling;
    this.ping = Frame.ofMaster(Verb.PING.name(prefix), new byte[0]);
    this.interval = watchdog == null ? DEFAULT_INTERVAL : watchdog.interval();
  }

  void start() {
    if (watchdog != null || recycling.isActive()) {
      supervisor.loop().schedule(interval, this::check);
    }
  }

  private void check() {
    if (!supervisor.isRunning()) {
      return;
    }
    long now = supervisor.loop().nanoTime();
    reported.removeIf(worker -> !worker.isAlive());
    recycled.removeIf(worker -> !worker.isAlive());
    for (WorkerHandle worker : supervisor.alive()) {
      if (worker.isReady()) {
        watch(worker, now);
        recycle(worker, now);
      }
    }
    supervisor.loop().schedule(interval, this::check);
  }

  private void watch(WorkerHandle worker, long now) {
    if (watchdog == null) {
      return;
    }
    worker.send(ping);
    long silentNanos = now - worker.lastSignNanos;
    long deadlineNanos = watchdog.deadline().toNanos();
    if (silentNanos > deadlineNanos) {
      supervisor.kill(
          worker, "gave no sign of life for " + silentNanos / 1_000_000 + " ms (watchdog)");
    } else if (silentNanos > deadlineNanos / 2) {
      if (reported.add(worker)) {
        log.warn(
            "worker {} (pid {}) has given no sign of life for {} ms; it is killed after {} ms",
            worker.index(),
            worker.pid(),
            silentNanos / 1_000_000,
            watchdog.deadline().toMillis());
      }
    } else {
      reported.remove(worker);
    }
  }

  private void recycle(WorkerHandle worker, long now) {
    if (!recycling.isActive() || worker.slot.current != worker || recycled.contains(worker)) {
      return;
    }
    String reason = reasonToRecycle(worker, now);
    if (reason != null) {
      recycled.add(worker);
      supervisor.operations().replace(worker, "recycling worker " + worker.index() + ", " + reason);
    }
  }

  private @Nullable String reasonToRecycle(WorkerHandle worker, long now) {
    // A worker's own random numbers, so that its bounds stay the same from check to check.
    Random random = new Random(worker.seat.id());
    double factor = 1 + recycling.jitter() * random.nextDouble();
    long age = now - worker.readyNanos;
    if (!recycling.maxLifetime().isZero() && age > recycling.maxLifetime().toNanos() * factor) {
      return "which has served for " + age / 1_000_000_000 + " s";
    }
    if (recycling.maxConnections() > 0
        && worker.counters.accepted() > recycling.maxConnections() * factor) {
      return "which has taken " + worker.counters.accepted() + " connections";
    }
    if (recycling.maxResidentBytes() > 0) {
      long resident = ResidentMemory.bytesOf(worker.pid());
      if (resident > recycling.maxResidentBytes() * factor) {
        return "which holds " + resident + " bytes resident";
      }
    }
    return null;
  }
}
