package io.stickycluster.bench.transport;

import java.io.IOException;

/** How the comparison's Java processes talk to the one that started them. */
final class Child {

  private static final String READY = "ready ";

  private Child() {}

  /** Tells the parent that this process serves. */
  static void ready(String where) {
    System.out.println(READY + where);
  }

  /** Returns what a line of output says about readiness, or null if it says something else. */
  static @org.jspecify.annotations.Nullable String whereReady(String line) {
    return line.startsWith(READY) ? line.substring(READY.length()) : null;
  }

  /** Returns when the parent is gone or wants this process to end. */
  static void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // The parent says nothing; its end is the sign to go.
    }
  }
}
