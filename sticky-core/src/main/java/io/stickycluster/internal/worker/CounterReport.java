package io.stickycluster.internal.worker;

import io.stickycluster.Server;
import io.stickycluster.Server.Counters;
import io.stickycluster.internal.control.Verb;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Tells the master the server's counters whenever they have changed. */
final class CounterReport {

  private static final long INTERVAL_MILLIS = 500;

  private final Server server;
  private final BiConsumer<Verb, Map<String, String>> link;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          action -> {
            Thread made = new Thread(action, "sticky-counters");
            made.setDaemon(true);
            return made;
          });
  private Counters told = Counters.NONE;

  CounterReport(Server server, BiConsumer<Verb, Map<String, String>> link) {
    this.server = server;
    this.link = link;
  }

  void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::tell, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tell() {
    Counters now = server.counters();
    if (!now.equals(told)) {
      told = now;
      link.accept(
          Verb.COUNTERS,
          Map.of(
              "accepted", Long.toString(now.accepted()),
              "open", Long.toString(now.open()),
              "in-flight", Long.toString(now.inFlight())));
    }
  }

  void stop() {
    timer.shutdownNow();
  }
}
