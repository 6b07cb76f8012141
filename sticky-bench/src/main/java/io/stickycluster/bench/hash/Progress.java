package io.stickycluster.bench.hash;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A progress bar on a terminal; nothing elsewhere. */
final class Progress implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private final PrintWriter terminal;
  private final boolean visible;
  private final int steps;
  private int done;

  /**
   * Makes a bar.
   *
   * @param terminal standard error
   * @param visible whether this is a terminal
   * @param steps how often {@link #step} will be called
   */
  Progress(PrintWriter terminal, boolean visible, int steps) {
    this.terminal = terminal;
    this.visible = visible;
    this.steps = steps;
  }

  /** Returns whether standard error is a terminal. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false; // not Linux, where nobody tells what standard error is
    }
  }

  /** Says what comes next. */
  void step(String what) {
    if (visible) {
      int filled = WIDTH * done / steps;
      terminal.printf(
          "\r\u001b[K[%s%s] %3d %% %s",
          "█".repeat(filled), "░".repeat(WIDTH - filled), 100 * done / steps, what);
      terminal.flush();
    }
    done++;
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    if (visible) {
      terminal.print("\r\u001b[K");
      terminal.flush();
    }
  }
}
