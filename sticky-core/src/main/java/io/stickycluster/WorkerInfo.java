package io.stickycluster;

import java.time.Instant;

/**
 * What the master knows of one worker process at one moment.
 *
 * @param index the worker's index
 * @param id the worker's id
 * @param pid its process id
 * @param state where it is in its life
 * @param startedAt when it was forked
 * @param counters what its server last told
 */
public record WorkerInfo(
    int index, long id, long pid, State state, Instant startedAt, Server.Counters counters) {

  /**
   * Where a worker is in its life, and the only list of the moves there are. A worker may die in
   * any state.
   */
  public enum State {
    /** Forked; its JVM starts. */
    STARTING,
    /** It has shown its token on the control link; its program starts. */
    CONNECTED,
    /** It serves. */
    READY,
    /** It takes no new connections and finishes what is in flight. */
    DRAINING,
    /** Its process is gone. */
    EXITED;

    /** Returns whether a worker may go from this state to the next one. */
    public boolean canBecome(State next) {
      return switch (this) {
        case STARTING -> next == CONNECTED || next == DRAINING || next == EXITED;
        case CONNECTED -> next == READY || next == DRAINING || next == EXITED;
        case READY -> next == DRAINING || next == EXITED;
        case DRAINING -> next == EXITED;
        case EXITED -> false;
      };
    }
  }
}
