package io.stickycluster.internal.master;

import io.stickycluster.ClusterOptions;
import io.stickycluster.WorkerExit;
import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import io.stickycluster.internal.control.ControlLink;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.Verb;
import io.stickycluster.internal.process.ExitWords;
import io.stickycluster.internal.process.ForkedProcess;
import io.stickycluster.internal.process.ProcessStarter;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.Transport.Seat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the slots: forks workers, follows them through their lives, revives the dead and ends the
 * cluster. All of it happens on one loop, which every method checks.
 */
final class Supervisor {

  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  /** How long the killed may take to be gone before the master stops waiting for them. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  /** What a worker's environment is to be, by its handle. */
  interface Environment {
    Map<String, String> of(WorkerHandle worker);
  }

  /** What the supervisor tells the rest of the master. */
  interface Outcome {
    /** Every worker is ready for the first time. */
    void ready();

    /** The cluster accepts no more. */
    void stopping();

    /** A reload begins. */
    void reloading();

    /** A reload is over. */
    void reloaded(boolean success);

    /** The cluster ends with an error. */
    void failing(String reason);

    /** The last worker is gone. */
    void ended(int exitCode);
  }

  private enum Phase {
    RUNNING,
    STOPPING,
    ENDED
  }

  private final ClusterOptions options;
  private final SupervisorLoop loop;
  private final ProcessStarter starter;
  private final Transport transport;
  private final Environment environment;
  private final Announcer announcer;
  private final Outcome outcome;
  private final Reviver reviver;
  private final Operations operations;
  private final Tokens tokens = new Tokens();
  private final List<Slot> slots = new ArrayList<>();
  private Phase phase = Phase.RUNNING;
  private boolean wasReady;
  private int exitCode;
  private long nextId = 1;

  Supervisor(
      ClusterOptions options,
      SupervisorLoop loop,
      ProcessStarter starter,
      Transport transport,
      Environment environment,
      Announcer announcer,
      Outcome outcome) {
    this.options = options;
    this.loop = loop;
    this.starter = starter;
    this.transport = transport;
    this.environment = environment;
    this.announcer = announcer;
    this.outcome = outcome;
    this.reviver = new Reviver(this, options.respawn(), this::forkInto);
    this.operations = new Operations(this);
  }

  /** Forks the first workers. */
  void start() {
    assertInLoop();
    for (int index = 0; index < options.concurrency() && isRunning(); index++) {
      Slot slot = addSlot();
      slot.current = fork(slot);
    }
  }

  Operations operations() {
    return operations;
  }

  SupervisorLoop loop() {
    return loop;
  }

  List<Slot> slots() {
    return slots;
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  Slot addSlot() {
    Backoff backoff =
        new Backoff(options.respawn(), () -> ThreadLocalRandom.current().nextDouble());
    Slot slot = new Slot(slots.size(), backoff);
    slots.add(slot);
    return slot;
  }

  List<WorkerHandle> alive() {
    return slots.stream().flatMap(slot -> slot.alive().stream()).toList();
  }

  List<WorkerInfo> infos() {
    return alive().stream()
        .map(WorkerHandle::info)
        .sorted(Comparator.comparingInt(WorkerInfo::index).thenComparingLong(WorkerInfo::id))
        .toList();
  }

  /** Forks a worker for a slot; the caller says which place it takes there. */
  WorkerHandle fork(Slot slot) {
    assertInLoop();
    Seat seat = new Seat(slot.index, nextId++, tokens.next());
    WorkerHandle worker = new WorkerHandle(slot, seat, tokens.next(), loop.nanoTime());
    try {
      Map<String, String> variables = environment.of(worker);
      worker.transportParameters = transport.prepare(seat);
      ForkedProcess process = starter.start(variables);
      worker.started(process);
      process.onExit(code -> loop.execute(() -> exited(worker, code)));
      worker.deadline =
          loop.schedule(
              options.startUpDeadline(),
              () ->
                  kill(
                      worker,
                      "was not ready within its start-up deadline of "
                          + options.startUpDeadline().toMillis()
                          + " ms"));
      log.debug("forked {}", worker);
      announcer.tell(listener -> listener.workerStarted(worker.info()));
    } catch (IllegalArgumentException e) {
      fail(String.valueOf(e.getMessage()));
      loop.execute(() -> exited(worker, 1));
    } catch (IOException | RuntimeException e) {
      worker.failure = "can't be forked: " + e;
      loop.execute(() -> exited(worker, 1));
    }
    return worker;
  }

  /** A worker showed its token. */
  void connected(WorkerHandle worker, ControlLink link) {
    assertInLoop();
    worker.linked(link);
    worker.become(State.CONNECTED);
    if (!isRunning()) {
      drain(worker, options.drainDeadline());
    }
  }

  /** A worker serves. */
  void ready(WorkerHandle worker, Map<String, String> answer) {
    assertInLoop();
    if (worker.state() != State.CONNECTED) {
      log.debug("{} says it is ready out of turn", worker);
      return;
    }
    worker.deadline.cancel();
    worker.become(State.READY);
    worker.everReady = true;
    worker.readyNanos = loop.nanoTime();
    worker.lastSignNanos = worker.readyNanos;
    transport.ready(worker.seat, answer);
    log.info(
        "worker {} is ready: pid {}, {} ms after its fork",
        worker.index(),
        worker.pid(),
        (worker.readyNanos - worker.forkedNanos) / 1_000_000);
    announcer.tell(listener -> listener.workerReady(worker.info()));
    Slot slot = worker.slot;
    if (slot.successor == worker) {
      WorkerHandle predecessor = slot.current;
      slot.current = worker;
      slot.successor = null;
      if (predecessor != null) {
        retire(predecessor);
      }
    }
    operations.ready(worker);
    if (!wasReady && slots.stream().allMatch(Slot::isReady)) {
      wasReady = true;
      outcome.ready();
    }
  }

  /** A worker can't start. */
  void failed(WorkerHandle worker, String reason) {
    assertInLoop();
    worker.failure = reason;
  }

  /** A worker's link is gone while its process may live on. */
  void linkClosed(WorkerHandle worker) {
    assertInLoop();
    if (worker.isAlive()) {
      // A worker without its master drains and exits by itself; this is for one that doesn't.
      loop.schedule(
          Duration.ofSeconds(10), () -> kill(worker, "closed its control link and lived on"));
    }
  }

  /** Takes a slot away: nobody revives its worker, which finishes. */
  void remove(Slot slot) {
    assertInLoop();
    slot.removed = true;
    slot.respawn.cancel();
    WorkerHandle current = slot.current;
    slot.current = null;
    if (current != null) {
      retire(current);
    }
  }

  /** Forgets removed slots without a process. Only the last slots are ever removed. */
  void trimRemovedSlots() {
    while (!slots.isEmpty()) {
      Slot last = slots.get(slots.size() - 1);
      if (!last.removed || !last.alive().isEmpty()) {
        return;
      }
      slots.remove(last);
    }
  }

  /** Takes a worker out of its slot's service and lets it finish. */
  void retire(WorkerHandle worker) {
    worker.slot.retired.add(worker);
    drain(worker, options.drainDeadline());
  }

  private void drain(WorkerHandle worker, Duration deadline) {
    if (worker.state() == State.DRAINING || !worker.isAlive()) {
      return;
    }
    worker.planned = true;
    worker.deadline.cancel();
    boolean reachable = worker.link() != null;
    worker.become(State.DRAINING);
    transport.drain(worker.seat);
    announcer.tell(listener -> listener.workerDraining(worker.info()));
    if (reachable) {
      worker.send(Frame.ofMaster(Verb.DRAIN.name(options.prefix()), new byte[0]));
      worker.deadline =
          loop.schedule(
              deadline, () -> kill(worker, "did not finish within " + deadline.toMillis() + " ms"));
    } else {
      worker.kill();
    }
  }

  /** Kills a worker for a reason. */
  void kill(WorkerHandle worker, String reason) {
    assertInLoop();
    if (worker.isAlive()) {
      log.warn("worker {} (pid {}) {}; killing it", worker.index(), worker.pid(), reason);
      if (worker.failure == null) {
        worker.failure = reason;
      }
      worker.kill();
    }
  }

  private void exited(WorkerHandle worker, int code) {
    assertInLoop();
    if (!worker.isAlive() || phase == Phase.ENDED) {
      return;
    }
    worker.deadline.cancel();
    ControlLink link = worker.link();
    if (link != null) {
      link.close();
    }
    worker.become(State.EXITED);
    transport.exited(worker.seat);
    WorkerExit exit = new WorkerExit(code, worker.planned, worker.everReady, ExitWords.of(code));
    announcer.tell(listener -> listener.workerExited(worker.info(), exit));
    Slot slot = worker.slot;
    boolean served = slot.current == worker;
    if (served) {
      slot.current = slot.successor;
      slot.successor = null;
    } else if (slot.successor == worker) {
      slot.successor = null;
    }
    slot.retired.remove(worker);
    trimRemovedSlots();
    if (phase == Phase.STOPPING) {
      log.debug("{} ended: {}", worker, exit.words());
      endIfEmpty();
      return;
    }
    if (worker.planned) {
      log.info("worker {} (pid {}) finished: {}", worker.index(), worker.pid(), exit.words());
    } else {
      log.warn("{}", Reviver.describe(worker, exit));
    }
    operations.exited(worker);
    if (served && slot.current == null && !slot.removed) {
      reviver.revive(worker, exit);
    }
  }

  private void forkInto(Slot slot) {
    if (isRunning() && slot.current == null) {
      slot.current = fork(slot);
    }
  }

  /** Ends the cluster with an error. */
  void fail(String reason) {
    assertInLoop();
    if (isRunning()) {
      exitCode = 1;
      outcome.failing(reason);
      shutdown();
    }
  }

  /** Lets everybody finish, then ends. */
  void shutdown() {
    assertInLoop();
    if (!isRunning()) {
      return;
    }
    phase = Phase.STOPPING;
    slots.forEach(slot -> slot.respawn.cancel());
    operations.abandon();
    outcome.stopping();
    transport.shutdown();
    Duration delay = options.hardShutdownDelay();
    alive().forEach(worker -> drain(worker, delay));
    loop.schedule(
        delay,
        () -> {
          log.warn("the hard shutdown delay of {} ms is over", delay.toMillis());
          shutdownNow();
        });
    endIfEmpty();
  }

  /** Kills everybody, then ends. */
  void shutdownNow() {
    assertInLoop();
    if (phase == Phase.ENDED) {
      return;
    }
    shutdown();
    if (!alive().isEmpty()) {
      exitCode = 1;
      alive().forEach(WorkerHandle::kill);
      loop.schedule(LAST_WAIT, this::end);
    }
  }

  private void endIfEmpty() {
    if (alive().isEmpty()) {
      end();
    }
  }

  private void end() {
    if (phase != Phase.ENDED) {
      phase = Phase.ENDED;
      outcome.ended(exitCode);
    }
  }

  /** Returns whom the operations tell how they go. */
  Outcome outcome() {
    return outcome;
  }

  /** Returns the worker with this control token that has not shown it yet. */
  @Nullable WorkerHandle findByToken(String token) {
    assertInLoop();
    for (WorkerHandle worker : alive()) {
      if (worker.link() == null && Tokens.same(worker.controlToken, token)) {
        return worker;
      }
    }
    return null;
  }

  void assertInLoop() {
    if (!loop.inLoop()) {
      throw new IllegalStateException(
          "the supervisor's state belongs to its loop, not to " + Thread.currentThread());
    }
  }
}
