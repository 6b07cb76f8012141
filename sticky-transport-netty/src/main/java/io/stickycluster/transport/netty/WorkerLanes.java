package io.stickycluster.transport.netty;

import io.stickycluster.spi.Transport.Seat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master's view of one worker process: its seat and its lanes, one for each of its event loops.
 *
 * <p>Used on the master's event loop only.
 */
final class WorkerLanes implements Lane.Owner {

  /** Where the connections of lost or full lanes go. */
  interface Home {

    /** The worker may have room for another connection. */
    void room(WorkerLanes worker);

    /** The worker did not get these connections; they are the home's again. */
    void takeBack(WorkerLanes worker, List<HeldConnection> connections);
  }

  private static final Logger LOG = LoggerFactory.getLogger(WorkerLanes.class);

  private final Seat seat;
  private final Home home;
  private final List<Lane> lanes = new ArrayList<>();
  private int next;
  private boolean finished;

  WorkerLanes(Seat seat, Home home) {
    this.seat = seat;
    this.home = home;
  }

  Seat seat() {
    return seat;
  }

  void add(Lane lane) {
    lanes.add(lane);
    if (finished) {
      lane.finish();
    }
  }

  /**
   * Returns the lane with room that waits for the fewest acknowledgements, in turn among equals.
   */
  @Nullable Lane pick() {
    Lane best = null;
    int size = lanes.size();
    for (int i = 0; i < size; i++) {
      Lane lane = lanes.get((next + i) % size);
      if (lane.hasRoom() && (best == null || lane.load() < best.load())) {
        best = lane;
      }
    }
    next = size == 0 ? 0 : (next + 1) % size;
    return best;
  }

  /** Tells the worker on every lane that no more will come. */
  void finish() {
    finished = true;
    List.copyOf(lanes).forEach(Lane::finish);
  }

  /** Gives all lanes up. */
  void end() {
    List.copyOf(lanes).forEach(Lane::end);
  }

  @Override
  public void room(Lane lane) {
    home.room(this);
  }

  @Override
  public void returned(HeldConnection connection) {
    home.takeBack(this, List.of(connection));
  }

  @Override
  public void lost(Lane lane, List<HeldConnection> unacknowledged, @Nullable String violation) {
    lanes.remove(lane);
    if (violation == null) {
      home.takeBack(this, unacknowledged);
      return;
    }
    // It may serve some of these, or none: a second worker must not read from them, too.
    LOG.error(
        "worker {} (id {}) broke the hand-over protocol and gets no more connections on this lane:"
            + " it {}",
        seat.index(),
        seat.id(),
        violation);
    unacknowledged.forEach(Descriptors::close);
  }

  /** Closes all lanes and what is in them. */
  void close() {
    lanes.forEach(Lane::close);
    lanes.clear();
  }
}
