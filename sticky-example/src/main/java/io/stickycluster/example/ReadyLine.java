package io.stickycluster.example;

import io.stickycluster.ClusterListener;
import io.stickycluster.Master;
import org.jspecify.annotations.Nullable;

/** Prints one line on standard output when every worker is ready, for people and for scripts. */
final class ReadyLine implements ClusterListener {

  private final @Nullable String host;

  ReadyLine(@Nullable String host) {
    this.host = host;
  }

  @Override
  public void clusterReady(Master master) {
    System.out.printf(
        "ready http://%s:%d workers=%d transport=%s hand-over=%s pid=%d%n",
        urlHost(),
        master.address().getPort(),
        master.workers().size(),
        master.transport(),
        master.handOver(),
        ProcessHandle.current().pid());
    System.out.flush();
  }

  private String urlHost() {
    if (host == null || host.equals("0.0.0.0") || host.equals("::")) {
      return "localhost";
    }
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
