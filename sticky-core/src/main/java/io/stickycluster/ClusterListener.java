package io.stickycluster;

/**
 * Told by the master what happens to its workers. Called from one thread, in order, outside of any
 * lock; what a listener throws is logged and harms nobody.
 */
public interface ClusterListener {

  /** Every worker is ready for the first time. */
  default void clusterReady(Master master) {}

  /** All workers are about to be replaced, one after the other. */
  default void reloading(Master master) {}

  /**
   * A reload is over.
   *
   * @param success whether every worker was replaced; if not, some of the old ones serve on
   */
  default void reloaded(Master master, boolean success) {}

  /** The cluster accepts no more and lets its workers finish. */
  default void stopping(Master master) {}

  /** A worker was forked. */
  default void workerStarted(WorkerInfo worker) {}

  /** A worker serves from now on. */
  default void workerReady(WorkerInfo worker) {}

  /** A worker takes no new connections from now on. */
  default void workerDraining(WorkerInfo worker) {}

  /** A worker is gone. */
  default void workerExited(WorkerInfo worker, WorkerExit exit) {}
}
