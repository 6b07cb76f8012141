package io.stickycluster.internal.master;

import io.stickycluster.RespawnPolicy;
import io.stickycluster.WorkerExit;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides after a death whether the slot gets a new worker, and when; or that there were too many
 * deaths and the cluster is to end. Belongs to the loop.
 */
final class Reviver {

  private static final Logger log = LoggerFactory.getLogger(Reviver.class);

  private final Supervisor supervisor;
  private final RespawnPolicy policy;
  private final RestartIntensity intensity;
  private final Consumer<Slot> fork;
  private final long startedNanos;

  Reviver(Supervisor supervisor, RespawnPolicy policy, Consumer<Slot> fork) {
    this.supervisor = supervisor;
    this.policy = policy;
    this.intensity = new RestartIntensity(policy);
    this.fork = fork;
    this.startedNanos = supervisor.loop().nanoTime();
  }

  /** Has the slot of a dead worker served again, in due time. */
  void revive(WorkerHandle dead, WorkerExit exit) {
    long now = supervisor.loop().nanoTime();
    Duration lifetime = policy.lifetime();
    if (!lifetime.isZero() && now - startedNanos > lifetime.toNanos()) {
      log.info("worker {} is not revived: the cluster's lifetime is over", dead.index());
      if (supervisor.alive().isEmpty()) {
        supervisor.shutdown();
      }
      return;
    }
    if (intensity.exceededBy(now)) {
      supervisor.fail(
          "giving up: more than "
              + policy.maxRestarts()
              + " workers died within "
              + policy.window().toMillis()
              + " ms; the last one: "
              + describe(dead, exit)
              + ". Mend what ends the workers, or raise maxRestarts of the respawn policy");
      return;
    }
    Duration served =
        dead.everReady ? Duration.ofNanos(Math.max(1, now - dead.readyNanos)) : Duration.ZERO;
    Slot slot = dead.slot;
    slot.respawn =
        supervisor.loop().schedule(slot.backoff.afterDeath(served), () -> fork.accept(slot));
  }

  /** Says who died, when in its life, and of what. */
  static String describe(WorkerHandle worker, WorkerExit exit) {
    return "worker "
        + worker.index()
        + " (pid "
        + worker.pid()
        + ") "
        + (worker.everReady ? "died at work" : "never became ready")
        + ": "
        + (worker.failure == null ? exit.words() : worker.failure);
  }
}
