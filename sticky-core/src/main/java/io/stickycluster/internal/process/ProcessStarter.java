package io.stickycluster.internal.process;

import java.io.IOException;
import java.util.Map;

/** Forks workers; the supervisor's only way to the operating system. */
@FunctionalInterface
public interface ProcessStarter {

  /**
   * Starts a worker process.
   *
   * @param environment what its environment has beside the master's own
   * @throws IOException if the operating system can't
   */
  ForkedProcess start(Map<String, String> environment) throws IOException;
}
