package io.stickycluster.transport.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that run handlers: a virtual one per connection where the JDK has them, else a pool
 * with a bound, at which accepting waits.
 */
final class HandlerThreads {

  private final ExecutorService executor;
  private final Semaphore free;

  HandlerThreads(int maxPooled) {
    ExecutorService virtual = virtualThreads();
    executor = virtual != null ? virtual : Executors.newCachedThreadPool(HandlerThreads::pooled);
    free = new Semaphore(virtual != null ? Integer.MAX_VALUE : maxPooled);
  }

  /** Waits until a thread is free, and takes it. */
  void await() throws InterruptedException {
    free.acquire();
  }

  /** Gives back what {@link #await} took and is not needed. */
  void release() {
    free.release();
  }

  /** Runs a handler on the thread that {@link #await} took. */
  void run(Runnable handler) {
    executor.execute(
        () -> {
          try {
            handler.run();
          } finally {
            free.release();
          }
        });
  }

  void shutdown() {
    executor.shutdown();
  }

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static Thread pooled(Runnable task) {
    Thread thread = new Thread(task, "sticky-nio-handler-" + NUMBER.getAndIncrement());
    thread.setDaemon(true);
    return thread;
  }

  private static @org.jspecify.annotations.Nullable ExecutorService virtualThreads() {
    try {
      return (ExecutorService)
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class))
              .invoke();
    } catch (Throwable e) {
      // Not before JDK 21; on 19 and 20 only with preview features.
      return null;
    }
  }
}
