package io.stickycluster.internal.master;

import io.stickycluster.internal.master.SupervisorLoop.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The master's place for one index: who serves it, who is to, who did. Belongs to the loop. */
final class Slot {

  final int index;
  final Backoff backoff;

  /** Serves the index, or is starting to; null between a death and the next fork. */
  @Nullable WorkerHandle current;

  /** Starts up to take the current one's place. */
  @Nullable WorkerHandle successor;

  /** Finish what they have in flight. */
  final List<WorkerHandle> retired = new ArrayList<>();

  /** Whether scaling took the slot away; it stays until its last process is gone. */
  boolean removed;

  /** The next fork, if one is due. */
  Timer respawn = Timer.NONE;

  Slot(int index, Backoff backoff) {
    this.index = index;
    this.backoff = backoff;
  }

  /** Returns all processes of this index that are alive. */
  List<WorkerHandle> alive() {
    List<WorkerHandle> alive = new ArrayList<>(retired);
    if (current != null) {
      alive.add(current);
    }
    if (successor != null) {
      alive.add(successor);
    }
    return alive;
  }

  boolean isReady() {
    return current != null && current.isReady();
  }
}
