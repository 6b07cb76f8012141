package io.stickycluster.internal.master;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose clock stands still until a test moves it. */
final class ManualLoop implements SupervisorLoop {

  private record Action(long atNanos, long order, Runnable action) {}

  private final PriorityQueue<Action> actions =
      new PriorityQueue<>(Comparator.comparingLong(Action::atNanos).thenComparing(Action::order));
  private long nowNanos;
  private long order;
  private boolean running;

  @Override
  public void execute(Runnable action) {
    schedule(Duration.ZERO, action);
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    Action added = new Action(nowNanos + delay.toNanos(), order++, action);
    actions.add(added);
    return () -> actions.remove(added);
  }

  @Override
  public boolean inLoop() {
    return running;
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public void stop() {
    actions.clear();
  }

  /** Runs an action on the loop, and everything that is due then. */
  void run(Runnable action) {
    execute(action);
    advance(Duration.ZERO);
  }

  /** Moves the clock on and runs what becomes due, in order. */
  void advance(Duration time) {
    long goal = nowNanos + time.toNanos();
    running = true;
    try {
      while (!actions.isEmpty() && actions.peek().atNanos() <= goal) {
        Action next = actions.remove();
        nowNanos = Math.max(nowNanos, next.atNanos());
        next.action().run();
      }
    } finally {
      running = false;
    }
    nowNanos = goal;
  }
}
