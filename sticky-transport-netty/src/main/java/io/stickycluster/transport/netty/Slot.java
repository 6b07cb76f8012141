package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.stickycluster.spi.TransportSettings.Parking;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one index that wait for a worker: none is ready, or the ready one has its
 * hands full. Bounded in number and time; what passes a bound is closed.
 *
 * <p>Used on the master's event loop only.
 */
final class Slot {

  private final IoEventLoop loop;
  private final Parking parking;
  private final TransportStats stats;
  private final ByteBuffer scratch;
  private final ArrayDeque<HeldConnection> waiting = new ArrayDeque<>();
  private @Nullable WorkerLanes worker;
  private boolean draining;
  private boolean timing;

  Slot(IoEventLoop loop, Parking parking, TransportStats stats, ByteBuffer scratch) {
    this.loop = loop;
    this.parking = parking;
    this.stats = stats;
    this.scratch = scratch;
  }

  /** Hands a connection to the worker, now or when it can take it. */
  void offer(HeldConnection connection) {
    if (waiting.isEmpty()) {
      Lane lane = worker == null ? null : worker.pick();
      if (lane != null) {
        lane.send(connection);
        return;
      }
    }
    if (waiting.size() >= parking.maxConnections()) {
      refuse(connection);
      return;
    }
    waiting.addLast(connection);
    parked(connection);
  }

  /** Takes connections back that a worker did not get; they are first in line. */
  void takeBack(List<HeldConnection> connections) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      waiting.addFirst(connections.get(i));
      parked(connections.get(i));
    }
    pump();
  }

  /** New connections go to this worker from now on. */
  void ready(WorkerLanes next) {
    worker = next;
    draining = false;
    pump();
  }

  /**
   * This worker gets no new connections but those that already wait and have nowhere else to go.
   */
  void drain(WorkerLanes leaving) {
    if (leaving != worker) {
      leaving.finish();
      return;
    }
    draining = true;
    pump();
  }

  /** This worker has gone. */
  void exited(WorkerLanes gone) {
    if (gone == worker) {
      worker = null;
    }
  }

  /** A worker may have room for another connection. */
  void room(WorkerLanes candidate) {
    if (candidate == worker) {
      pump();
    }
  }

  /** Sends what waits, as far as the worker takes it. */
  private void pump() {
    while (worker != null && !waiting.isEmpty()) {
      Lane lane = worker.pick();
      if (lane == null) {
        return;
      }
      stats.parked.decrement();
      lane.send(waiting.removeFirst());
    }
    if (draining && worker != null) {
      WorkerLanes leaving = worker;
      worker = null;
      draining = false;
      leaving.finish();
    }
  }

  /** Gives up all that wait, for routing anew. */
  List<HeldConnection> removeAll() {
    List<HeldConnection> all = new ArrayList<>(waiting);
    waiting.clear();
    stats.parked.add(-all.size());
    return all;
  }

  private void parked(HeldConnection connection) {
    stats.parked.increment();
    if (connection.waitsUntilNanos == 0) {
      connection.waitsUntilNanos = System.nanoTime() + parking.maxWait().toNanos();
    }
    if (!timing) {
      timing = true;
      schedule(parking.maxWait().toNanos());
    }
  }

  private void schedule(long nanos) {
    loop.schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
  }

  private void expire() {
    long now = System.nanoTime();
    long next = Long.MAX_VALUE;
    for (Iterator<HeldConnection> i = waiting.iterator(); i.hasNext(); ) {
      HeldConnection connection = i.next();
      long left = connection.waitsUntilNanos - now;
      if (left <= 0) {
        i.remove();
        stats.parked.decrement();
        refuse(connection);
      } else {
        next = Math.min(next, left);
      }
    }
    timing = next != Long.MAX_VALUE;
    if (timing) {
      schedule(next);
    }
  }

  private void refuse(HeldConnection connection) {
    stats.rejected.increment();
    Descriptors.refuse(connection, scratch);
  }
}
