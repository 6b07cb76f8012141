package io.stickycluster.bench.chaos;

import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Kills workers many times over and compares what the master holds before and after. */
final class RespawnRun {

  static final int MAX_RESPAWNS = 100_000;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Deaths before the first count, after which all code has run and all pools are filled. */
  private static final int WARM_UP = 20;

  /** What a heap may differ by without anything being kept per death. */
  private static final long HEAP_NOISE_BYTES = 512 * 1024;

  private final ChaosCluster cluster;
  private final Consumer<String> progress;
  private final List<Long> millis = new ArrayList<>();

  private RespawnRun(ChaosCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  static RunReport run(Road road, ChaosSettings settings, int respawns, Consumer<String> progress)
      throws IOException, InterruptedException {
    if (respawns < 1 || respawns > MAX_RESPAWNS) {
      throw new IllegalArgumentException(
          "respawns must be from 1 to %d, not %d".formatted(MAX_RESPAWNS, respawns));
    }
    Path records = Files.createTempDirectory("chaos-records");
    History history = new History(workers -> address -> 0, settings.workers());
    ChaosCluster cluster = new ChaosCluster(road, settings, history, records);
    try {
      if (!cluster.awaitReady(PATIENCE)) {
        throw new IllegalStateException("the cluster was not ready within " + PATIENCE);
      }
      return new RespawnRun(cluster, text -> progress.accept(road + ": " + text))
          .compare(road, settings, respawns);
    } finally {
      cluster.master().shutdownNow();
      cluster.master().awaitTermination(PATIENCE);
      AcceptRecord.delete(records);
    }
  }

  private RunReport compare(Road road, ChaosSettings settings, int respawns)
      throws IOException, InterruptedException {
    killAndWait(WARM_UP);
    long heapBefore = Census.liveHeapBytes();
    Census before = Census.takeCalmly();
    millis.clear();
    killAndWait(respawns);
    Verdict holdings = Census.growth("8 descriptors and threads", before);
    long heapAfter = Census.liveHeapBytes();
    String heap = "%d -> %d KiB".formatted(heapBefore / 1024, heapAfter / 1024);
    boolean heapKept = heapAfter - heapBefore <= HEAP_NOISE_BYTES;
    List<Long> sorted = millis.stream().sorted().toList();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put(
        "from fork to ready",
        String.format(
            Locale.ROOT,
            "p50 %d ms, max %d ms, %d at a time",
            sorted.get(sorted.size() / 2),
            sorted.get(sorted.size() - 1),
            settings.workers()));
    return new RunReport(
        "%s road (%s), %d workers, %d respawns"
            .formatted(road, road.transport(), settings.workers(), respawns),
        lines,
        List.of(
            holdings,
            new Verdict("8 live heap", heapKept, heap),
            Verdict.of("6 nobody ended who wasn't made to", cluster.surprises(), "0 surprises")));
  }

  private void killAndWait(int deaths) throws InterruptedException {
    int left = deaths;
    while (left > 0) {
      List<WorkerInfo> victims =
          cluster.master().workers().stream()
              .filter(worker -> worker.state() == State.READY)
              .limit(left)
              .toList();
      Set<Long> dead = new HashSet<>();
      long start = System.nanoTime();
      for (WorkerInfo victim : victims) {
        cluster.kill(victim, "kill -9");
        dead.add(victim.pid());
      }
      if (!ChaosCluster.await(() -> areReplaced(dead), PATIENCE)) {
        throw new IllegalStateException("no successors of " + dead + " within " + PATIENCE);
      }
      millis.add((System.nanoTime() - start) / 1_000_000);
      left -= victims.size();
      if (left % 50 < victims.size()) {
        progress.accept(left + " deaths to go");
      }
    }
  }

  private boolean areReplaced(Set<Long> dead) {
    return cluster.isSettled()
        && cluster.master().workers().stream().noneMatch(worker -> dead.contains(worker.pid()));
  }
}
