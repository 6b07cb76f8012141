package io.stickycluster.bench.chaos;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the time from the death of a worker to the first answer of its successor. Safe for use
 * by several threads.
 */
final class Recovery {

  private static final long GIVE_UP_NANOS = 60_000_000_000L;

  private final ChaosCluster cluster;
  private final Load load;
  private final List<Long> nanos = new ArrayList<>();
  private final List<Thread> probes = new ArrayList<>();

  Recovery(ChaosCluster cluster, Load load) {
    this.cluster = cluster;
    this.load = load;
  }

  /** Asks for an index from now on until another process than the dead one answers. */
  synchronized void measure(int index, long deadPid) {
    long start = System.nanoTime();
    int workers = cluster.workers();
    Thread probe = new Thread(() -> probe(index, deadPid, start, workers), "chaos-probe");
    probes.add(probe);
    probe.start();
  }

  private void probe(int index, long deadPid, long start, int workers) {
    InetAddress client = clientOf(index);
    while (System.nanoTime() - start < GIVE_UP_NANOS) {
      if (cluster.workers() != workers || cluster.isOperating()) {
        return; // The index may have become another process's for another reason.
      }
      long pid = load.whoServes(client);
      if (pid != 0 && pid != deadPid) {
        add(System.nanoTime() - start);
        return;
      }
    }
  }

  private InetAddress clientOf(int index) {
    long now = System.nanoTime();
    for (int number = 0; ; number++) {
      InetAddress client = Load.address(number);
      if (cluster.history().indices(client, now, now).contains(index)) {
        return client;
      }
    }
  }

  private synchronized void add(long time) {
    nanos.add(time);
  }

  /** Waits for the measurements that go on. */
  void stop() throws InterruptedException {
    List<Thread> running;
    synchronized (this) {
      running = List.copyOf(probes);
    }
    for (Thread probe : running) {
      probe.join();
    }
  }

  /** Returns the times as text. */
  synchronized String summary() {
    if (nanos.isEmpty()) {
      return "not measured";
    }
    List<Long> sorted = nanos.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p99 %d ms, max %d ms (%d deaths measured)",
        millis(sorted, 0.5),
        millis(sorted, 0.99),
        millis(sorted, 1),
        sorted.size());
  }

  private static long millis(List<Long> sorted, double quantile) {
    int rank = (int) Math.ceil(quantile * sorted.size()) - 1;
    return sorted.get(Math.max(0, rank)) / 1_000_000;
  }
}
