package io.stickycluster.internal;

import io.stickycluster.ClusterOptions;
import io.stickycluster.Master;
import io.stickycluster.WorkerProgram;
import io.stickycluster.internal.master.MasterRuntime;
import io.stickycluster.internal.process.OrphanReaper;
import io.stickycluster.internal.process.WorkerEnvironment;
import io.stickycluster.internal.worker.WorkerRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether this process is a master or a worker, and runs it as that. */
public final class Launcher {

  private static final Logger log = LoggerFactory.getLogger(Launcher.class);
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_WRONG_OPTION = 2;

  private Launcher() {}

  /** See {@link io.stickycluster.StickyCluster#isWorker()}. */
  public static boolean isWorker() {
    return WorkerEnvironment.current().isPresent();
  }

  /** See {@link io.stickycluster.StickyCluster#run}. */
  public static void run(ClusterOptions options, WorkerProgram program) {
    Optional<WorkerEnvironment> worker = WorkerEnvironment.current();
    if (worker.isPresent()) {
      WorkerRuntime.run(options, worker.get(), program);
      return;
    }
    try {
      MasterRuntime master = MasterFactory.create(options);
      takeSignals(options, master);
      OrphanReaper.startIfInit();
      master.start();
      while (!master.awaitTermination(Duration.ofDays(1))) {
        log.debug("the cluster has run for another day");
      }
      if (!master.failure().isEmpty()) {
        System.err.println("sticky-cluster: " + master.failure());
      }
      System.exit(master.exitCode());
    } catch (IllegalArgumentException e) {
      giveUp(options, e, EXIT_WRONG_OPTION);
    } catch (ListenException e) {
      options.errorHandler().accept(e);
      System.exit(EXIT_FAILED);
    } catch (IOException | RuntimeException e) {
      giveUp(options, e, EXIT_FAILED);
    } catch (InterruptedException e) {
      System.exit(EXIT_FAILED);
    }
  }

  private static void giveUp(ClusterOptions options, Exception error, int code) {
    System.err.println("sticky-cluster: " + error.getMessage());
    if (options.debug()) {
      log.error("the cluster can't start", error);
    }
    System.exit(code);
  }

  /** See {@link io.stickycluster.StickyCluster#start}. */
  public static Master start(ClusterOptions options, WorkerProgram program) {
    Optional<WorkerEnvironment> worker = WorkerEnvironment.current();
    if (worker.isPresent()) {
      WorkerRuntime.run(options, worker.get(), program);
    }
    try {
      MasterRuntime master = MasterFactory.create(options);
      master.start();
      return master;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void takeSignals(ClusterOptions options, MasterRuntime master) {
    Signals.on("HUP", signal -> master.reload());
    Signals.on("TTIN", signal -> master.scaleBy(1));
    Signals.on("TTOU", signal -> master.scaleBy(-1));
    AtomicInteger interrupts = new AtomicInteger();
    for (String name : options.shutdownSignals()) {
      Signals.on(
          name,
          signal -> {
            log.info("SIG{}: shutting down", signal);
            // Whoever presses Ctrl-C twice does not want to wait.
            if (signal.equals("INT") && interrupts.incrementAndGet() > 1) {
              master.shutdownNow();
            } else {
              master.shutdown();
            }
          });
    }
  }
}
