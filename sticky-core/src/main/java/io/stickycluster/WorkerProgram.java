package io.stickycluster;

import java.util.concurrent.CompletionStage;

/** What a worker does: connects to what it needs and makes its server. */
@FunctionalInterface
public interface WorkerProgram {

  /**
   * Starts the worker. Called once in every worker process, on its main thread.
   *
   * @param worker this worker
   * @return completes with the server when the worker can serve; the worker counts as failed if the
   *     stage fails, completes with null, or is not complete at the start-up deadline
   * @throws Exception if the worker can't start
   */
  CompletionStage<? extends Server> start(Worker worker) throws Exception;
}
