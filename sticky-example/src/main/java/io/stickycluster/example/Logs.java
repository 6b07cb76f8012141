package io.stickycluster.example;

import io.stickycluster.StickyCluster;

/** Sets how much is logged, by the variables in {@code logback.xml}, before anything logs. */
final class Logs {

  private Logs() {}

  static void configure(boolean debug) {
    System.setProperty("example.process", processName());
    if (debug) {
      System.setProperty("example.level", "DEBUG");
      System.setProperty("example.socketio.level", "DEBUG");
      System.setProperty("example.stack", "%ex");
    }
  }

  private static String processName() {
    if (!StickyCluster.isWorker()) {
      return "master";
    }
    String index = System.getenv(ChatProgram.INDEX_VARIABLE);
    return index == null ? "worker" : "worker " + index;
  }
}
