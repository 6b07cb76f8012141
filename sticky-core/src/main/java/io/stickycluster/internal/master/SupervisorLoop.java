package io.stickycluster.internal.master;

import java.time.Duration;

/** The one thread that owns the supervisor's state, and its clock. */
public interface SupervisorLoop {

  /** Runs an action on the loop's thread, after those given before. */
  void execute(Runnable action);

  /** Runs an action on the loop's thread after a delay. */
  Timer schedule(Duration delay, Runnable action);

  /** Returns whether the caller is on the loop's thread. */
  boolean inLoop();

  /** Returns a time in nanoseconds that only differences make sense of. */
  long nanoTime();

  /** Runs no more actions. */
  void stop();

  /** A scheduled action. */
  interface Timer {
    /** Does nothing, ever. */
    Timer NONE = () -> {};

    /** Takes the action back, if it has not run. */
    void cancel();
  }
}
