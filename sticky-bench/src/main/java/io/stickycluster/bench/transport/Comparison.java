package io.stickycluster.bench.transport;

import io.stickycluster.bench.transport.Servers.MissingException;
import io.stickycluster.bench.transport.Servers.Running;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures targets side by side: all run, one at a time is asked, in rounds. */
final class Comparison implements AutoCloseable {

  /** How often a round that others disturbed is taken again. */
  private static final int MAX_RETAKES = 3;

  private static final int CPUS = Runtime.getRuntime().availableProcessors();

  private final Plan plan;
  private final PrintWriter progress;
  private final Servers servers;
  private final ServerProcess generator;
  private final Map<Target, Running> running = new EnumMap<>(Target.class);
  private final Map<Target, String> missing = new EnumMap<>(Target.class);

  /**
   * What is measured and how.
   *
   * @param targets in the order of the table
   * @param workloads in the order of the tables
   * @param rounds how often each target is measured
   * @param time how long each time
   * @param warmUp how long each target is warmed at most for each workload
   * @param connections how many connections are open at once
   * @param key the key of targets that look into the head
   * @param calmShare which share of the processors others may use before a round is taken again
   */
  record Plan(
      List<Target> targets,
      List<Workload> workloads,
      int rounds,
      Duration time,
      Duration warmUp,
      int connections,
      String key,
      double calmShare) {}

  /** Starts the load generator. */
  Comparison(Plan plan, Servers servers, PrintWriter progress) throws IOException {
    this.plan = plan;
    this.servers = servers;
    this.progress = progress;
    generator = ServerProcess.java(LoadGenerator.class, List.of(), plan.key());
  }

  /** Starts all targets and measures them. */
  List<Report.Table> run() throws IOException {
    for (Target target : plan.targets()) {
      try {
        Running started = servers.start(target);
        running.put(target, started);
        progress.printf(
            "%s: port %d, processes %s%n",
            target.label(),
            started.port(),
            started.processes().stream().flatMap(process -> process.pids().stream()).toList());
      } catch (MissingException e) {
        missing.put(target, String.valueOf(e.getMessage()));
        progress.printf("%s: left out: %s%n", target.label(), e.getMessage());
      }
    }
    List<Report.Table> tables = new ArrayList<>();
    for (Workload workload : plan.workloads()) {
      tables.add(new Report.Table(workload, measure(workload)));
    }
    return tables;
  }

  private List<Row> measure(Workload workload) throws IOException {
    Map<Target, List<Sample>> samples = new EnumMap<>(Target.class);
    Map<Target, String> left = new EnumMap<>(missing);
    for (Map.Entry<Target, Running> entry : running.entrySet()) {
      String failure = warmUp(entry.getKey(), entry.getValue(), workload);
      if (failure.isEmpty()) {
        samples.put(entry.getKey(), new ArrayList<>());
      } else {
        left.put(entry.getKey(), "it never answered: " + failure);
      }
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<Target, List<Sample>> entry : samples.entrySet()) {
        Sample sample = calmest(entry.getKey(), workload);
        entry.getValue().add(sample);
        progress.printf(
            "%s: round %d of %d: %s %.0f/s, CPU %.1f + %.1f us, others %.0f %%, errors %d %s%n",
            workload.label(),
            round + 1,
            plan.rounds(),
            entry.getKey().label(),
            sample.perSecond(),
            sample.cpuMicros(),
            sample.clientMicros(),
            100 * sample.othersShare(),
            sample.errors(),
            sample.firstError());
      }
    }
    return plan.targets().stream()
        .map(
            target ->
                new Row(
                    target, samples.getOrDefault(target, List.of()), left.getOrDefault(target, "")))
        .toList();
  }

  /** Returns an empty text, or why the target can't be measured. */
  private String warmUp(Target target, Running servers, Workload workload) throws IOException {
    long end = System.nanoTime() + plan.warmUp().toNanos();
    long requests = 0;
    do {
      Load.Result result = load(servers, workload, plan.time());
      if (result.requests() == 0) {
        return result.firstError();
      }
      requests += result.requests();
    } while (requests < workload.warmUpRequests() && System.nanoTime() < end);
    progress.printf(
        "%s: %s is warm after %d requests%n", workload.label(), target.label(), requests);
    return "";
  }

  /** Measures until others let it be, but not for ever, and keeps the calmest sample. */
  private Sample calmest(Target target, Workload workload) throws IOException {
    Running servers = java.util.Objects.requireNonNull(running.get(target));
    Sample best = sample(servers, workload);
    long errors = best.errors();
    for (int i = 0; i < MAX_RETAKES && best.othersShare() > plan.calmShare(); i++) {
      Sample again = sample(servers, workload);
      errors += again.errors();
      if (again.othersShare() < best.othersShare()) {
        best = again;
      }
    }
    // An error counts wherever it comes up.
    return best.errors() == errors ? best : best.withErrors(errors);
  }

  private Sample sample(Running servers, Workload workload) throws IOException {
    Duration machineBefore = MachineCpu.used();
    Duration serversBefore = servers.cpu();
    Duration generatorBefore = generator.cpu();
    long start = System.nanoTime();
    Load.Result result = load(servers, workload, plan.time());
    long elapsed = System.nanoTime() - start;
    Duration serversUsed = servers.cpu().minus(serversBefore);
    Duration clientUsed = generator.cpu().minus(generatorBefore);
    Duration others = MachineCpu.used().minus(machineBefore).minus(serversUsed).minus(clientUsed);
    return new Sample(
        result.perSecond(),
        serversUsed.toNanos() / 1e3 / Math.max(1, result.requests()),
        clientUsed.toNanos() / 1e3 / Math.max(1, result.requests()),
        Math.max(0, (double) others.toNanos() / elapsed / CPUS),
        result.errors(),
        result.firstError());
  }

  private Load.Result load(Running servers, Workload workload, Duration time) throws IOException {
    Load load = new Load(servers.port(), workload, plan.connections(), time);
    return Load.Result.parse(generator.ask(load.toLine()));
  }

  @Override
  public void close() {
    generator.close();
  }
}
