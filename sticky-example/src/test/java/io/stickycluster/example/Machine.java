package io.stickycluster.example;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/**
 * What this machine has beyond a JDK. Tests that need more than there is fail in CI (the variable
 * CI is "true") and are skipped elsewhere.
 */
final class Machine {

  private Machine() {}

  /** Fails or skips the test unless a condition holds. */
  static void need(boolean there, String otherwise) {
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new AssertionError(otherwise);
    }
    Assumptions.assumeTrue(there, otherwise);
  }

  /** Returns whether a command is there, and ends with 0. */
  static boolean runs(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // There is no such program.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
