package io.stickycluster;

/**
 * Told by the master what happens to its workers. Called from one thread, in order, outside of any
 * lock; what a listener throws is logged and harms nobody.
 */
public interface ClusterListener {

  /** Every worker is ready for the first time. */
  default void clusterReady(Master master) {}

  /** A worker was forked. */
  default void workerStarted(WorkerInfo worker) {}

  /** A worker serves from now on. */
  default void workerReady(WorkerInfo worker) {}

  /** A worker takes no new connections from now on. */
  default void workerDraining(WorkerInfo worker) {}

  /** A worker is gone. */
  default void workerExited(WorkerInfo worker, WorkerExit exit) {}
}
