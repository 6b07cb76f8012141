package io.stickycluster.bench.transport;

import io.stickycluster.bench.HelpOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the roads end to end with what else there is. */
@Command(
    name = "transport",
    sortOptions = false,
    description = {
      "Compare every road end to end with a plain Netty server, HAProxy and nginx: the same HTTP"
          + " pipeline in 2 worker processes behind all of them, asked from many loopback"
          + " addresses, in interleaved rounds. Needs Linux."
    },
    footer = {
      "",
      "Columns: median, least and most answers per second; the median of the rounds' ratios to the"
          + " targets netty, haproxy and nginx, and of a key from the head to the address on the"
          + " same road; behind each in (CPU) the ratio of answers per processor time of servers"
          + " and client together, which hardly depends on what else the machine does; processor"
          + " time of the servers and of the client per answer; how much of the processors programs"
          + " that have no part in it used; requests without the right answer.",
      "",
      "Targets:",
      "  netty           plain Netty server, one process, 2 event loops: the limit",
      "  listener        transport netty, hand-over listener",
      "  connection      transport netty, hand-over connection",
      "  nio             transport nio: the master proxies the bytes, clients share trunks",
      "  nio-any         transport nio before the same servers as haproxy and nginx",
      "  connection-key  hand-over connection with a key from the head",
      "  nio-key         transport nio with a key from the head",
      "  haproxy         HAProxy, mode tcp, balance source, 2 threads",
      "  nginx           nginx stream, hash $remote_addr, 2 processes",
      "  node            sticky-cluster under Node.js with a server of its own"
    })
public final class TransportCommand implements Callable<Integer> {

  private static final int MAX_ROUNDS = 1000;
  private static final int MAX_SECONDS = 600;
  private static final int MAX_CONNECTIONS = 4096;

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "netty,listener,connection,nio,nio-any,connection-key,nio-key,haproxy,nginx",
      description = "what is measured, separated by commas (default: ${DEFAULT-VALUE})")
  private List<String> targets = List.of();

  @Option(
      names = "--workloads",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "one,keep-alive,bodies",
      description = "what is asked for (default: ${DEFAULT-VALUE})")
  private List<String> workloads = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "7",
      description = "how often each target is measured, 1 to 1000 (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "2",
      description = "how long each time, 0.05 to 600 (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "how long each target is warmed at most for each workload, 0.05 to 600; it ends after"
              + " some hundred thousand answers (default: ${DEFAULT-VALUE})")
  private double warmUp;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "32",
      description = "connections open at once, 4 to 4096 (default: ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "header:X-Forwarded-For",
      description =
          "the key of the targets that look into the head, header:NAME or cookie:NAME; every target"
              + " gets the same requests (default: ${DEFAULT-VALUE})")
  private String key = "";

  @Option(
      names = "--node",
      paramLabel = "DIRECTORY",
      description = "where the original's package sticky-cluster is, for the target node")
  private @Nullable Path nodeModule;

  @Option(
      names = "--calm",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description =
          "take a round again, up to three times, if other programs used more of the processors"
              + " (default: ${DEFAULT-VALUE})")
  private double calmPercent;

  @Option(
      names = "--jvm",
      paramLabel = "OPTIONS",
      defaultValue = "",
      description = "JVM options of all Java servers, separated by blanks")
  private String jvmOptions = "";

  @Option(names = "--csv", paramLabel = "FILE", description = "also write the results as CSV")
  private @Nullable Path csv;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Comparison.Plan plan = plan();
    PrintWriter out = spec.commandLine().getOut();
    try (Servers servers = new Servers(key, options(), nodeModule);
        Comparison comparison = new Comparison(plan, servers, spec.commandLine().getErr())) {
      List<Report.Table> tables = comparison.run();
      for (Report.Table table : tables) {
        out.println(Report.table(table.workload(), table.rows()));
      }
      if (csv != null) {
        Files.writeString(csv, Report.csv(tables), StandardCharsets.UTF_8);
      }
    }
    return 0;
  }

  private Comparison.Plan plan() {
    within("--rounds", rounds, 1, MAX_ROUNDS);
    within("--seconds", seconds, 0.05, MAX_SECONDS);
    within("--warm-up", warmUp, 0.05, MAX_SECONDS);
    within("--connections", connections, 4, MAX_CONNECTIONS);
    within("--calm", calmPercent, 0, 100);
    KeyHeader.of(key); // says what is wrong with it
    return new Comparison.Plan(
        targets.stream().map(Target::of).distinct().toList(),
        workloads.stream().map(Workload::of).distinct().toList(),
        rounds,
        Duration.ofMillis(Math.round(seconds * 1000)),
        Duration.ofMillis(Math.round(warmUp * 1000)),
        connections,
        key,
        calmPercent / 100);
  }

  private List<String> options() {
    return Arrays.stream(jvmOptions.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  private static void within(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          "%s must be from %s to %s, not %s".formatted(option, min, max, value));
    }
  }
}
