package io.stickycluster.bench.chaos;

import io.stickycluster.WorkerInfo;
import io.stickycluster.bench.chaos.HttpConnection.Head;
import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashRouter;
import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.RouterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One chaos run on one road, from the start of a cluster to the report on it. */
final class ChaosRun {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int SLOW_MILLIS = 1500;

  private final Road road;
  private final ChaosSettings settings;
  private final Consumer<String> progress;
  private final Path records;
  private final History history;
  private final Tally tally = new Tally();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final Map<String, String> lines = new LinkedHashMap<>();

  private ChaosRun(Road road, ChaosSettings settings, Consumer<String> progress, Path records) {
    this.road = road;
    this.settings = settings;
    this.progress = text -> progress.accept(road + ": " + text);
    this.records = records;
    this.history = new History(routers(), settings.workers());
  }

  /**
   * Runs.
   *
   * @param progress is told what happens
   */
  static RunReport run(Road road, ChaosSettings settings, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path records = Files.createTempDirectory("chaos-records");
    try {
      return new ChaosRun(road, settings, progress, records).run();
    } finally {
      AcceptRecord.delete(records);
    }
  }

  private static IntFunction<ToIntFunction<byte[]>> routers() {
    HashRouter router =
        new HashRouter(
            RouterSettings.of(
                HashStrategies.load().require("djb2"), Balancers.load().require("modulo"), 1));
    return workers -> {
      var sized = router.withWorkers(workers);
      return address -> sized.indexOfAddress(address, 0, address.length);
    };
  }

  private RunReport run() throws IOException, InterruptedException {
    Warmth.warmUp();
    Census nothing = Census.takeCalmly();
    long start = System.nanoTime();
    ChaosCluster cluster = new ChaosCluster(road, settings, history, records);
    try {
      if (!cluster.awaitReady(PATIENCE)) {
        throw new IllegalStateException("the cluster was not ready within " + PATIENCE);
      }
      progress.accept("ready on " + cluster.address() + ", seed " + settings.seed());
      chaos(cluster);
      end(cluster, nothing);
    } finally {
      cluster.thawAll();
      cluster.master().shutdownNow();
      cluster.master().awaitTermination(PATIENCE);
    }
    Losses losses = Losses.sort(tally.failures(), history, records);
    lines.put(
        "requests",
        "%d ok, %d refused, %d moved, %d lost in hand, %d lost otherwise"
            .formatted(
                tally.okCount(),
                losses.refused(),
                losses.moved(),
                losses.inHand(),
                losses.otherwise()));
    verdicts.addAll(
        0, List.of(losses.sticky(), losses.nobodyRefused(), losses.onlyWhatWasInHand()));
    return new RunReport(
        "%s road (%s), %d workers, seed %d, %d s"
            .formatted(
                road,
                road.transport(),
                settings.workers(),
                settings.seed(),
                (System.nanoTime() - start) / 1_000_000_000),
        lines,
        verdicts);
  }

  private void chaos(ChaosCluster cluster) throws IOException, InterruptedException {
    Load load = new Load(cluster.address(), history, tally);
    Recovery recovery = new Recovery(cluster, load);
    Schedule schedule = new Schedule(settings, cluster, recovery, this::tell);
    RudeClients rude = new RudeClients(cluster.address(), settings.seed());
    // All connections from an index to the master's sockets have been made once.
    askEveryIndex(load);
    Census calm = Census.takeCalmly();
    String settled;
    try {
      load.start(settings.clients(), settings.seed());
      rude.start();
      schedule.run();
      cluster.thawAll();
      if (cluster.workers() != settings.workers()) {
        cluster.scale(settings.workers());
      }
      settled = cluster.awaitSettled(PATIENCE) ? "" : "not calm again: " + states(cluster);
      progress.accept("calm again");
    } finally {
      rude.stop();
      recovery.stop();
      load.stop();
    }
    lines.put("done", schedule.done());
    lines.put("rude clients", rude.done());
    lines.put("deaths", history.deaths().size() + " wanted, " + cluster.forked().size() + " forks");
    lines.put("from death to serving", recovery.summary());
    String serving = settled + askEveryIndex(load);
    verdicts.add(
        Verdict.of("2 every index is served again", serving, settings.workers() + " indices"));
    verdicts.add(
        Verdict.of(
            "4 reloads replace all, or give up and leave the old worker",
            schedule.brokenReloads(),
            "no reload or scaling failed without a cause"));
    verdicts.add(
        Verdict.of(
            "6 nobody ended who wasn't told or made to", cluster.surprises(), "0 surprises"));
    verdicts.add(Census.growth("8 the master holds no more than before", calm));
  }

  private void tell(String action) {
    progress.accept(
        "%s; so far %d ok, %d failed".formatted(action, tally.okCount(), tally.failedCount()));
  }

  /** Returns what was wrong. */
  private String askEveryIndex(Load load) {
    List<Integer> silent = new ArrayList<>();
    long now = System.nanoTime();
    for (int index = 0; index < settings.workers(); index++) {
      int wanted = index;
      int client =
          IntStream.iterate(0, number -> number + 1)
              .filter(n -> history.indices(Load.address(n), now, now).contains(wanted))
              .findFirst()
              .orElseThrow();
      if (load.whoServes(Load.address(client)) == 0) {
        silent.add(index);
      }
    }
    return silent.isEmpty() ? "" : "no answer from " + silent;
  }

  private static String states(ChaosCluster cluster) {
    return cluster.master().workers().stream()
            .map(worker -> worker.index() + " " + worker.state() + " pid " + worker.pid())
            .toList()
        + (cluster.isOperating() ? ", an operation has not ended" : "");
  }

  /** Shuts down with requests in flight and looks for what is left. */
  private void end(ChaosCluster cluster, Census nothing) throws IOException, InterruptedException {
    List<Path> directories = Census.privateDirectories();
    String open = directories.size() == 1 ? worldReadable(directories.get(0)) : "" + directories;
    List<Long> alive = cluster.master().workers().stream().map(WorkerInfo::pid).toList();
    progress.accept("shutting down");
    verdicts.add(gracefulEnd(cluster));
    List<Long> orphans =
        Stream.concat(alive.stream(), cluster.forked().stream())
            .distinct()
            .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
            .toList();
    verdicts.add(
        Verdict.of(
            "6 no orphans",
            orphans,
            "all %d forked processes are gone".formatted(cluster.forked().size())));
    List<Path> left = Census.privateDirectories();
    verdicts.add(
        Verdict.of(
            "7 the private directory was private, and is gone",
            open + (left.isEmpty() ? "" : " left: " + left),
            "rwx------"));
    verdicts.add(Ports.free("5 the port is free", cluster.address()));
    verdicts.add(Census.growth("5 nothing of the cluster is left in its process", nothing));
  }

  private static String worldReadable(Path directory) throws IOException {
    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    return permissions.equals("rwx------") ? "" : permissions;
  }

  private Verdict gracefulEnd(ChaosCluster cluster) throws IOException, InterruptedException {
    List<HttpConnection> slow = new ArrayList<>();
    List<Head> heads = new ArrayList<>();
    List<String> against = new ArrayList<>();
    try {
      for (int number = 0; number < 2 * settings.workers(); number++) {
        HttpConnection connection =
            HttpConnection.open(cluster.address(), Load.address(number * 7));
        slow.add(connection);
        connection.get("/slow?ms=" + SLOW_MILLIS, false);
        heads.add(connection.readHead()); // From here on it is in flight for sure.
      }
      cluster.master().shutdown();
      for (int i = 0; i < slow.size(); i++) {
        try {
          slow.get(i).readBody(heads.get(i));
        } catch (IOException e) {
          against.add("a request in flight was cut: " + e.getMessage());
        }
      }
    } finally {
      slow.forEach(HttpConnection::close);
    }
    if (!cluster.master().awaitTermination(PATIENCE)) {
      against.add("not ended within " + PATIENCE.toSeconds() + " s");
    }
    int exitCode = cluster.master().exitCode();
    if (exitCode != 0) {
      against.add("exit code " + exitCode);
    }
    return Verdict.of(
        "5 shutdown is graceful",
        against,
        "%d requests in flight answered, exit code 0".formatted(slow.size()));
  }
}
