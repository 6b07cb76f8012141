package io.stickycluster.internal;

import io.stickycluster.ClusterOptions;
import io.stickycluster.Master;
import io.stickycluster.WorkerProgram;

/** Decides whether this process is a master or a worker, and runs it as that. */
public final class Launcher {

  private Launcher() {}

  /** See {@link io.stickycluster.StickyCluster#isWorker()}. */
  public static boolean isWorker() {
    return false;
  }

  /** See {@link io.stickycluster.StickyCluster#run}. */
  public static void run(ClusterOptions options, WorkerProgram program) {
    throw new UnsupportedOperationException();
  }

  /** See {@link io.stickycluster.StickyCluster#start}. */
  public static Master start(ClusterOptions options, WorkerProgram program) {
    throw new UnsupportedOperationException();
  }
}
