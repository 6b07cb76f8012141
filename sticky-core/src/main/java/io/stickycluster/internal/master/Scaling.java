package io.stickycluster.internal.master;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the number of workers. Growing: connections of the new indices wait for their workers
 * from the start. Shrinking: surplus workers get no more connections and finish. Belongs to the
 * loop.
 */
final class Scaling implements Operations.Operation {

  private static final Logger log = LoggerFactory.getLogger(Scaling.class);

  private final Supervisor supervisor;
  private final Transport transport;
  private final IntFunction<Router> routers;
  private final int wanted;
  private final CompletableFuture<Integer> result = new CompletableFuture<>();
  private Runnable over = () -> {};
  private int before;
  private boolean finished;
  private @Nullable String failure;

  Scaling(Supervisor supervisor, Transport transport, IntFunction<Router> routers, int wanted) {
    this.supervisor = supervisor;
    this.transport = transport;
    this.routers = routers;
    this.wanted = wanted;
  }

  CompletableFuture<Integer> result() {
    return result;
  }

  @Override
  public void begin(Runnable over) {
    this.over = over;
    before = supervisor.slots().size();
    try {
      transport.resize(routers.apply(wanted));
    } catch (IOException | RuntimeException e) {
      finish("can't scale from " + before + " to " + wanted + " workers: " + e.getMessage());
      return;
    }
    log.info("scaling from {} to {} workers", before, wanted);
    for (int index = before; index < wanted; index++) {
      Slot slot = supervisor.addSlot();
      slot.current = supervisor.fork(slot);
    }
    removeSlotsFrom(wanted);
    finishIfDone();
  }

  private void removeSlotsFrom(int size) {
    List<Slot> slots = supervisor.slots();
    List.copyOf(slots.subList(Math.min(size, slots.size()), slots.size()))
        .forEach(supervisor::remove);
    supervisor.trimRemovedSlots();
  }

  @Override
  public void ready(WorkerHandle worker) {
    finishIfDone();
  }

  @Override
  public void exited(WorkerHandle worker) {
    boolean isNew = worker.index() >= before && wanted > before;
    if (isNew && !worker.everReady && failure == null) {
      failure =
          "scaling to "
              + wanted
              + " workers given up: worker "
              + worker.index()
              + " never became ready"
              + (worker.failure == null ? "" : ": " + worker.failure)
              + "; "
              + before
              + " serve on";
      takeBack();
    }
    finishIfDone();
  }

  /** A new worker can't start: back to the number that worked. */
  private void takeBack() {
    try {
      transport.resize(routers.apply(before));
    } catch (IOException | RuntimeException e) {
      log.warn("can't take the scaling back: {}", e.toString());
    }
    removeSlotsFrom(before);
  }

  private void finishIfDone() {
    int goal = failure == null ? wanted : before;
    List<Slot> slots = supervisor.slots();
    if (slots.size() != goal || finished) {
      return;
    }
    if (failure != null) {
      finish(failure);
    } else if (slots.subList(Math.min(before, goal), goal).stream().allMatch(Slot::isReady)) {
      log.info("scaled to {} workers", wanted);
      finished = true;
      over.run();
      result.complete(wanted);
    }
  }

  private void finish(String reason) {
    log.warn("{}", reason);
    finished = true;
    over.run();
    result.completeExceptionally(new IllegalStateException(reason));
  }

  @Override
  public void abandon() {
    Operations.failAsEnding(result);
  }
}
