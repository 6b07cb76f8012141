package io.stickycluster.internal.process;

import java.util.Map;

/** Says exit codes in words. */
public final class ExitWords {

  /** How the JVM reports a process that died of a signal: this plus the signal's number. */
  private static final int SIGNAL_BASE = 128;

  /** Linux numbers; those below 16 are the same on macOS but for BUS. */
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8,
          "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

  private ExitWords() {}

  /** Returns an exit code in words. */
  public static String of(int code) {
    String signal = SIGNALS.get(code - SIGNAL_BASE);
    if (signal == null) {
      return "exit code " + code;
    }
    return switch (signal) {
      case "SIGKILL" -> "killed by SIGKILL (by hand, or by the system for lack of memory)";
      case "SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE" ->
          "crashed by " + signal + " (see hs_err_pid*.log)";
      default -> "ended by " + signal;
    };
  }
}
