package io.stickycluster.internal.master;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces workers one at a time: forks a successor, waits until it is ready and its predecessor is
 * gone, goes on to the next. Ends at the first successor that can't start; its predecessor stays.
 * Belongs to the loop.
 */
final class Replacement implements Operations.Operation {

  private static final Logger log = LoggerFactory.getLogger(Replacement.class);

  private final Supervisor supervisor;
  private final @Nullable WorkerHandle only;
  private final String reason;
  private final CompletableFuture<Integer> result = new CompletableFuture<>();
  private final ArrayDeque<Slot> left = new ArrayDeque<>();
  private Runnable over = () -> {};
  private int total;
  private int replaced;
  private @Nullable WorkerHandle predecessor;
  private @Nullable WorkerHandle successor;

  private Replacement(Supervisor supervisor, @Nullable WorkerHandle only, String reason) {
    this.supervisor = supervisor;
    this.only = only;
    this.reason = reason;
  }

  static Replacement ofAll(Supervisor supervisor) {
    return new Replacement(supervisor, null, "reload");
  }

  static Replacement of(Supervisor supervisor, WorkerHandle worker, String reason) {
    return new Replacement(supervisor, worker, reason);
  }

  CompletableFuture<Integer> result() {
    return result;
  }

  @Override
  public void begin(Runnable over) {
    this.over = over;
    if (isReload()) {
      left.addAll(supervisor.slots());
    } else if (only != null && only.slot.current == only) {
      left.add(only.slot);
    }
    total = left.size();
    log.info("{}: replacing {} workers", reason, total);
    if (isReload()) {
      supervisor.outcome().reloading();
    }
    next();
  }

  private void next() {
    Slot slot = left.poll();
    if (slot == null) {
      log.info("{}: done, {} workers replaced", reason, replaced);
      end(true);
      result.complete(replaced);
      return;
    }
    predecessor = slot.current;
    if (predecessor == null) {
      slot.respawn.cancel();
      slot.current = supervisor.fork(slot);
      successor = slot.current;
    } else {
      slot.successor = supervisor.fork(slot);
      successor = slot.successor;
    }
  }

  @Override
  public void ready(WorkerHandle worker) {
    if (worker == successor) {
      replaced++;
      log.info("{}: {} of {}, worker {}", reason, replaced, total, worker.index());
      nextIfDone();
    }
  }

  @Override
  public void exited(WorkerHandle worker) {
    if (worker == successor && !worker.everReady) {
      end(false);
      String message =
          reason
              + " given up: the successor of worker "
              + worker.index()
              + " never became ready"
              + (worker.failure == null ? "" : ": " + worker.failure)
              + "; replaced "
              + replaced
              + " of "
              + total
              + ", the others serve on";
      log.warn("{}", message);
      result.completeExceptionally(new IllegalStateException(message));
    } else if (worker == predecessor) {
      nextIfDone();
    }
  }

  private void nextIfDone() {
    boolean ready = successor != null && successor.everReady;
    if (ready && (predecessor == null || !predecessor.isAlive())) {
      next();
    }
  }

  private boolean isReload() {
    return only == null;
  }

  private void end(boolean success) {
    over.run();
    if (isReload()) {
      supervisor.outcome().reloaded(success);
    }
  }

  @Override
  public void abandon() {
    Operations.failAsEnding(result);
  }
}
