package io.stickycluster.internal.master;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs what changes the cluster at work, one after the other: reloads, recycling of single workers,
 * scaling. Belongs to the loop.
 */
final class Operations {

  /** One change at work; told what happens to the workers while it runs. */
  interface Operation {

    /** Starts; calls back when over. */
    void begin(Runnable over);

    void ready(WorkerHandle worker);

    void exited(WorkerHandle worker);

    /** Stops without undoing: the cluster ends. */
    void abandon();
  }

  private final Supervisor supervisor;
  private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
  private @Nullable Operation running;
  private @Nullable Replacement waitingReload;

  Operations(Supervisor supervisor) {
    this.supervisor = supervisor;
  }

  /** Replaces all workers; several requests that wait are one. */
  CompletionStage<Integer> reload() {
    supervisor.assertInLoop();
    Replacement reload = waitingReload;
    if (reload == null) {
      reload = Replacement.ofAll(supervisor);
      waitingReload = reload;
      submit(reload);
    }
    return reload.result();
  }

  /** Replaces one worker. */
  CompletionStage<Integer> replace(WorkerHandle worker, String reason) {
    Replacement replacement = Replacement.of(supervisor, worker, reason);
    submit(replacement);
    return replacement.result();
  }

  void submit(Operation operation) {
    supervisor.assertInLoop();
    if (!supervisor.isRunning()) {
      operation.abandon();
      return;
    }
    waiting.add(operation);
    next();
  }

  private void next() {
    if (running != null) {
      return;
    }
    Operation operation = waiting.poll();
    if (operation == null) {
      return;
    }
    running = operation;
    if (operation == waitingReload) {
      waitingReload = null;
    }
    operation.begin(
        () -> {
          running = null;
          // By way of the loop, so that many short operations don't nest.
          supervisor.loop().execute(this::next);
        });
  }

  boolean isIdle() {
    return running == null && waiting.isEmpty();
  }

  void ready(WorkerHandle worker) {
    if (running != null) {
      running.ready(worker);
    }
  }

  void exited(WorkerHandle worker) {
    if (running != null) {
      running.exited(worker);
    }
  }

  void abandon() {
    Operation now = running;
    running = null;
    if (now != null) {
      now.abandon();
    }
    waiting.forEach(Operation::abandon);
    waiting.clear();
  }

  /** Returns the failure that operations of an ending cluster complete with. */
  static <T> void failAsEnding(CompletableFuture<T> result) {
    result.completeExceptionally(new IllegalStateException("the cluster is shutting down"));
  }
}
