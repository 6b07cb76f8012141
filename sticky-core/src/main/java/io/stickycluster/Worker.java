package io.stickycluster;

import java.util.Map;

/**
 * A worker process as its own program sees it. Safe for use by several threads.
 *
 * <p>The {@linkplain #index() index} is the worker's place in the cluster and survives death and
 * respawn; the {@linkplain #id() id} is new with every process.
 */
public interface Worker {

  /** Returns the worker's index, from 0 to {@code concurrency - 1}. */
  int index();

  /** Returns the worker's id, unique among all processes this master has forked. */
  long id();

  /** Returns the process id of the master. */
  long masterPid();

  /** Returns what the cluster's {@code env} function said for this index. */
  Map<String, String> env();

  /** Returns the messages between this worker, the others and the master. */
  Messages messages();
}
