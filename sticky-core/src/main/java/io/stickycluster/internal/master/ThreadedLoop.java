package io.stickycluster.internal.master;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A supervisor loop on a real thread and the real clock. */
public final class ThreadedLoop implements SupervisorLoop {

  private static final Logger log = LoggerFactory.getLogger(ThreadedLoop.class);

  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;

  /** Starts the loop. */
  public ThreadedLoop() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            action -> {
              Thread made = new Thread(action, "sticky-supervisor");
              thread = made;
              return made;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.prestartCoreThread();
  }

  @Override
  public void execute(Runnable action) {
    schedule(Duration.ZERO, action);
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    try {
      Future<?> future =
          executor.schedule(() -> runSafely(action), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      log.debug("an action after the cluster's end: {}", e.toString());
      return Timer.NONE;
    }
  }

  private static void runSafely(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      log.error("the supervisor failed at an action; it goes on", e);
    }
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void stop() {
    executor.shutdown();
  }
}
