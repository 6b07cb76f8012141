package io.stickycluster.internal.process;

import java.util.function.IntConsumer;

/** A worker's process as the operating system knows it. */
public interface ForkedProcess {

  /** Returns the process id. */
  long pid();

  /** Ends the process at once, whatever it does. */
  void kill();

  /** Has the exit code told when the process is gone, on any thread; 128 + n for signal n. */
  void onExit(IntConsumer action);
}
