package io.stickycluster.bench.chaos;

import java.util.Locale;

/** A way for a connection to its worker. */
enum Road {
  LISTENER("netty", "listener"),
  CONNECTION("netty", "connection"),
  BYTES("nio", "auto");

  private final String transport;
  private final String handOver;

  Road(String transport, String handOver) {
    this.transport = transport;
    this.handOver = handOver;
  }

  String transport() {
    return transport;
  }

  String handOver() {
    return handOver;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
