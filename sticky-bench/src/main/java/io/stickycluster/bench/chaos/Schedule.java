package io.stickycluster.bench.chaos;

import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Does one thing after the other to a cluster, as a seed says: every kind in each round, in another
 * order. For use by one thread.
 */
final class Schedule {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MAX_PAUSE_MILLIS = 1000;
  private static final int MIN_PAUSE_MILLIS = 100;

  /** What can be done to a cluster. */
  private enum Action {
    KILL,
    KILL_AGAIN,
    FREEZE,
    FREEZE_AND_KILL,
    HANG,
    RELOAD,
    RELOAD_AND_KILL,
    SCALE,
    SLOW_START,
    FAILING_RELOAD
  }

  private final ChaosSettings settings;
  private final ChaosCluster cluster;
  private final Recovery recovery;
  private final Consumer<String> progress;
  private final Random random;
  private final Map<Action, Integer> counts = new EnumMap<>(Action.class);
  private final List<String> brokenReloads = new ArrayList<>();
  private final List<Thaw> thaws = new ArrayList<>();

  /** A frozen worker that is to go on. */
  private record Thaw(long pid, long atNanos) {}

  Schedule(
      ChaosSettings settings, ChaosCluster cluster, Recovery recovery, Consumer<String> progress) {
    this.settings = settings;
    this.cluster = cluster;
    this.recovery = recovery;
    this.progress = progress;
    this.random = new Random(settings.seed());
  }

  /** Goes on for the time set, at least for one round, then waits until all is calm again. */
  void run() throws IOException, InterruptedException {
    long end = System.nanoTime() + settings.duration().toNanos();
    boolean first = true;
    do {
      for (Action action : round()) {
        if (!first && System.nanoTime() > end) {
          break;
        }
        act(action);
        pause(MIN_PAUSE_MILLIS + random.nextInt(MAX_PAUSE_MILLIS - MIN_PAUSE_MILLIS));
      }
      first = false;
    } while (System.nanoTime() < end);
    calmDown();
  }

  private List<Action> round() {
    List<Action> round = new ArrayList<>(List.of(Action.values()));
    if (settings.hangs()) {
      round.addAll(List.of(Action.KILL, Action.KILL, Action.KILL_AGAIN));
    } else {
      round.remove(Action.HANG);
    }
    Collections.shuffle(round, random);
    return round;
  }

  private void act(Action action) throws IOException, InterruptedException {
    // Drawn at once, so that what comes after depends on the seed alone.
    int index = random.nextInt(Math.max(1, cluster.workers()));
    int freezeMillis = (int) settings.freeze().toMillis() * (1 + random.nextInt(3));
    int workers = 1 + random.nextInt(settings.workers() + 2);
    progress.accept(
        "%s (index %d)".formatted(action.name().toLowerCase(Locale.ROOT).replace('_', ' '), index));
    switch (action) {
      case KILL -> {
        calmDown(); // So that the time to the next answer is that of a respawn and nothing else.
        kill(anyOf(index % cluster.workers()), "kill -9");
      }
      case KILL_AGAIN -> kill(anyOf(index), "kill -9");
      case FREEZE -> freeze(anyOf(index), freezeMillis);
      case FREEZE_AND_KILL -> freezeAndKill(anyOf(index));
      case HANG -> hang(cluster.ready(index));
      case RELOAD -> cluster.reload();
      case RELOAD_AND_KILL -> {
        cluster.reload();
        pause(freezeMillis / 4);
        kill(anyOf(index), "kill -9 during a reload");
      }
      case SCALE -> scale(workers);
      case SLOW_START -> slowStart(index, freezeMillis);
      case FAILING_RELOAD -> failingReload(index);
    }
    counts.merge(action, 1, Integer::sum);
  }

  /** Any process of an index: one that starts, serves or drains. */
  private Optional<WorkerInfo> anyOf(int index) {
    List<WorkerInfo> candidates =
        cluster.master().workers().stream()
            .filter(worker -> worker.index() == index && !cluster.isFrozen(worker.pid()))
            .toList();
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(random.nextInt(candidates.size())));
  }

  private void kill(Optional<WorkerInfo> victim, String cause) {
    victim.ifPresent(
        worker -> {
          boolean measurable = worker.state() == State.READY && !cluster.isOperating();
          cluster.kill(worker, cause);
          if (measurable) {
            recovery.measure(worker.index(), worker.pid());
          }
        });
  }

  private void freeze(Optional<WorkerInfo> victim, int millis)
      throws IOException, InterruptedException {
    if (victim.isPresent()) {
      cluster.freeze(victim.get());
      thaws.add(new Thaw(victim.get().pid(), System.nanoTime() + millis * 1_000_000L));
    }
  }

  /** The kernel, or the master, has connections for the frozen worker when it dies. */
  private void freezeAndKill(Optional<WorkerInfo> victim) throws IOException, InterruptedException {
    if (victim.isPresent()) {
      cluster.freeze(victim.get());
      pause((int) settings.freeze().toMillis());
      kill(victim, "kill -9 of the frozen");
    }
  }

  private void hang(Optional<WorkerInfo> victim) throws IOException, InterruptedException {
    if (victim.isPresent()) {
      cluster.expectDeath(victim.get(), "watchdog");
      cluster.freeze(victim.get());
    }
  }

  private void scale(int workers) throws InterruptedException, IOException {
    calmDown(); // One change of the number at a time, so that it is known whom to expect.
    cluster.scale(workers);
  }

  private void slowStart(int index, int millis) {
    cluster
        .ready(index)
        .ifPresent(
            worker -> {
              cluster.orderStart(index, StartOrder.slow(millis));
              cluster.kill(worker, "kill -9 before a slow start");
            });
  }

  /** A successor that can't start must end the reload and leave its predecessor where it is. */
  private void failingReload(int index) throws InterruptedException, IOException {
    calmDown();
    Optional<WorkerInfo> predecessor = cluster.ready(index);
    if (predecessor.isEmpty()) {
      brokenReloads.add("nobody serves index " + index + " though all is calm");
      return;
    }
    cluster.orderStart(index, StartOrder.FAIL);
    String outcome = outcome(cluster.failingReload());
    if (!outcome.contains(StartOrder.FAILURE)) {
      brokenReloads.add("a reload with a failing start ended thus: " + outcome);
    }
    long now = cluster.ready(index).map(WorkerInfo::pid).orElse(0L);
    if (now != predecessor.get().pid()) {
      brokenReloads.add(
          "worker %d (pid %d) did not stay though its successor failed; now %d"
              .formatted(index, predecessor.get().pid(), now));
    }
  }

  private static String outcome(CompletableFuture<Integer> reload) throws InterruptedException {
    try {
      return reload.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) + " replaced";
    } catch (ExecutionException e) {
      return String.valueOf(e.getMessage()); // that of the cause, with its class
    } catch (TimeoutException e) {
      return "not within " + PATIENCE.toSeconds() + " s";
    }
  }

  /** Waits a while and lets those go on whose freeze is over. */
  private void pause(int millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (System.nanoTime() < end) {
      thawDue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void thawDue() throws IOException, InterruptedException {
    for (Thaw thaw : List.copyOf(thaws)) {
      if (System.nanoTime() - thaw.atNanos >= 0) {
        thaws.remove(thaw);
        cluster.thaw(thaw.pid);
      }
    }
  }

  private void calmDown() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!cluster.isSettled() && System.nanoTime() < end) {
      pause(20);
    }
  }

  /** Returns what was done. */
  String done() {
    StringBuilder done = new StringBuilder();
    counts.forEach(
        (action, count) ->
            done.append(done.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(action.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    return done.toString();
  }

  /** Returns what failing reloads did that they must not. */
  List<String> brokenReloads() {
    return List.copyOf(brokenReloads);
  }
}
