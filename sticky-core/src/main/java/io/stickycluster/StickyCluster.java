package io.stickycluster;

import io.stickycluster.internal.Launcher;

/**
 * A program that runs as a master and N worker processes, in which every client, told by its
 * address or another key, always reaches the same worker.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   StickyCluster.builder().concurrency(4).port(3000).build()
 *       .run(worker -> CompletableFuture.completedFuture(NettyServer.of(new MyInitializer())));
 * }
 * }</pre>
 *
 * <p>The master forks its workers by starting the same program again; there this call runs the
 * worker instead of a master. So the code before it runs in every process and should do no more
 * than read its options.
 */
public final class StickyCluster {

  private final ClusterOptions options;

  StickyCluster(ClusterOptions options) {
    this.options = options;
  }

  /** Returns a builder with the default options. */
  public static StickyClusterBuilder builder() {
    return new StickyClusterBuilder();
  }

  /** Returns whether this process was forked by a master to be a worker. */
  public static boolean isWorker() {
    return Launcher.isWorker();
  }

  /** Returns the options. */
  public ClusterOptions options() {
    return options;
  }

  /**
   * Runs the cluster to its end and exits the process: with 0 after a graceful end, with 2 after a
   * wrong option, else with 1. Errors are printed as one line on standard error. The master's
   * signals TERM and INT shut down, HUP reloads, TTIN adds a worker and TTOU removes one.
   */
  public void run(WorkerProgram program) {
    Launcher.run(options, program);
  }

  /**
   * Starts the cluster and returns its master, for programs that go on beside it; handles no
   * signals. In a worker process this call runs the worker and does not return.
   *
   * @return the master; its workers may not be ready yet
   * @throws IllegalArgumentException if an option names something that isn't there
   * @throws java.io.UncheckedIOException if the cluster can't be set up
   */
  public Master start(WorkerProgram program) {
    return Launcher.start(options, program);
  }
}
