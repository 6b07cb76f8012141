package io.stickycluster.internal.master;

import io.stickycluster.Server.Counters;
import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import io.stickycluster.internal.control.ControlLink;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.master.SupervisorLoop.Timer;
import io.stickycluster.internal.process.ForkedProcess;
import io.stickycluster.spi.Transport.Seat;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The master's view of one worker process, from its fork to its exit. Belongs to the loop. */
final class WorkerHandle {

  final Slot slot;
  final Seat seat;
  final String controlToken;
  final Instant startedAt = Instant.now();
  final long forkedNanos;

  /** What the user's function put into its environment. */
  Map<String, String> userVariables = Map.of();

  /** What the worker's half of the transport needs to know. */
  Map<String, String> transportParameters = Map.of();

  /** Ends a start-up or a drain that takes too long. */
  Timer deadline = Timer.NONE;

  /** Whether the master wants this process to end. */
  boolean planned;

  /** Why the worker failed, as far as it or the master could tell. */
  @Nullable String failure;

  Counters counters = Counters.NONE;
  long readyNanos;
  long lastSignNanos;
  boolean everReady;
  private State state = State.STARTING;
  private @Nullable ForkedProcess process;
  private @Nullable ControlLink link;

  WorkerHandle(Slot slot, Seat seat, String controlToken, long forkedNanos) {
    this.slot = slot;
    this.seat = seat;
    this.controlToken = controlToken;
    this.forkedNanos = forkedNanos;
  }

  int index() {
    return seat.index();
  }

  State state() {
    return state;
  }

  boolean isAlive() {
    return state != State.EXITED;
  }

  boolean isReady() {
    return state == State.READY;
  }

  /** Moves on to the next state. */
  void become(State next) {
    if (!state.canBecome(next)) {
      throw new IllegalStateException(this + " can't become " + next);
    }
    state = next;
  }

  void started(ForkedProcess process) {
    this.process = process;
  }

  void linked(ControlLink link) {
    this.link = link;
  }

  @Nullable ControlLink link() {
    return link;
  }

  /** Sends a frame if the worker is there to hear it. */
  void send(Frame frame) {
    if (link != null) {
      link.send(frame);
    }
  }

  void kill() {
    if (process != null) {
      process.kill();
    }
  }

  long pid() {
    return process == null ? -1 : process.pid();
  }

  WorkerInfo info() {
    return new WorkerInfo(seat.index(), seat.id(), pid(), state, startedAt, counters);
  }

  @Override
  public String toString() {
    return "worker " + seat.index() + " (id " + seat.id() + ", pid " + pid() + ", " + state + ")";
  }
}
