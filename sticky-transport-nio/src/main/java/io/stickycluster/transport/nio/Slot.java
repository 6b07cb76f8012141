package io.stickycluster.transport.nio;

import io.stickycluster.spi.TransportSettings.Parking;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One loop's view of a worker's place: the ready worker, if there is one, and the connections
 * parked for it. Confined to the loop's thread; the bound on parked connections holds over all
 * loops.
 */
final class Slot {

  /** How long to leave a worker alone that did not take a connection. */
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Parking bounds;
  private final AtomicInteger parkedInAllLoops;
  private final ArrayDeque<Arrival> parked = new ArrayDeque<>();
  private @Nullable Target target;
  private long retryAtNanos;

  Slot(Parking bounds, AtomicInteger parkedInAllLoops) {
    this.bounds = bounds;
    this.parkedInAllLoops = parkedInAllLoops;
  }

  /** Returns the worker that takes connections now, or null if they have to be parked. */
  @Nullable Target open(long nowNanos) {
    return !parked.isEmpty() && nowNanos - retryAtNanos < 0 ? null : target;
  }

  /** A worker takes connections; those parked go to it. */
  void ready(Target successor, long nowNanos) {
    target = successor;
    retryAtNanos = nowNanos;
    dispatchParked();
  }

  /** This worker takes no more connections. */
  void ended(long id) {
    if (target != null && target.id() == id) {
      target = null;
    }
  }

  /** Parks a connection, or rejects it if a bound is passed. */
  void park(Arrival arrival, long nowNanos) {
    if (parkedInAllLoops.incrementAndGet() > bounds.maxConnections()
        || waited(arrival.parkedAtOr(nowNanos), nowNanos)) {
      parkedInAllLoops.decrementAndGet();
      arrival.reject();
      return;
    }
    arrival.parked();
    if (arrival.parkedAtOr(nowNanos) == nowNanos) {
      parked.addLast(arrival);
    } else {
      parked.addFirst(arrival);
    }
    retryAtNanos = nowNanos + RETRY_NANOS;
  }

  /** Rejects what has waited too long and tries the worker again if it is time to. */
  void tick(long nowNanos) {
    for (Arrival a = parked.peek(); a != null; a = parked.peek()) {
      if (!waited(a.parkedAtOr(nowNanos), nowNanos)) {
        break;
      }
      unpark().reject();
    }
    if (target != null && nowNanos - retryAtNanos >= 0) {
      dispatchParked();
    }
  }

  boolean hasParked() {
    return !parked.isEmpty();
  }

  /** Takes all parked connections out. */
  List<Arrival> evict() {
    List<Arrival> all = new ArrayList<>(parked.size());
    while (!parked.isEmpty()) {
      all.add(unpark());
    }
    return all;
  }

  private boolean waited(long sinceNanos, long nowNanos) {
    return nowNanos - sinceNanos > bounds.maxWait().toNanos();
  }

  private void dispatchParked() {
    // Each goes once: one that does not get through parks again and holds up those behind it.
    long hold = retryAtNanos;
    while (!parked.isEmpty() && retryAtNanos == hold) {
      unpark().dispatch();
    }
  }

  private Arrival unpark() {
    parkedInAllLoops.decrementAndGet();
    return parked.remove();
  }
}
