package io.stickycluster.example;

import io.stickycluster.ClusterOptions;
import io.stickycluster.StickyCluster;
import io.stickycluster.StickyClusterBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the example: what there is to choose, its bounds, and its mistakes. */
@Command(
    name = "sticky-example",
    version = "sticky-example 0.1.0",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "A Socket.IO chat that shows which worker serves you.",
    description = {
      "",
      "Starts a master that owns the port and one worker process per core (or as many as you say),"
          + " and brings every client, told by its address, always to the same worker.",
      ""
    },
    footer = {
      "",
      "Signals to the master: TERM and INT shut down gracefully, HUP replaces the workers one by"
          + " one.",
      "Exit codes: 0 after a graceful end, 1 after a failure or a forced end, 2 after a wrong"
          + " option."
    })
final class ExampleCommand implements Callable<Integer> {

  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_EVENT_LOOPS = 1024;

  private final Map<String, String> environment;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "<port>",
      description = "Port to listen on, 0 for any free one (default: PORT, else 8080).")
  private @Nullable String port;

  @Option(
      names = "--host",
      paramLabel = "<address>",
      description = "Address or host name to listen on (default: every address).")
  private @Nullable String host;

  @Option(
      names = "--workers",
      paramLabel = "<n>",
      description = "Number of worker processes (default: WEB_CONCURRENCY, else one per core).")
  private @Nullable String workers;

  @Option(
      names = "--transport",
      paramLabel = "<name>",
      description = "How connections reach workers: netty or nio (default: the best one here).")
  private @Nullable String transport;

  @Option(
      names = "--hand-over",
      paramLabel = "<kind>",
      description = "What is handed over, with netty: auto, listener or connection.",
      defaultValue = "auto")
  private String handOver = "auto";

  @Mixin private RoutingOptions routing = new RoutingOptions();

  @Option(
      names = "--hard-shutdown-delay",
      paramLabel = "<time>",
      description = "How long a graceful shutdown may take, such as 500ms, 60s or 2m.",
      defaultValue = "60s")
  private String hardShutdownDelay = "60s";

  @Option(
      names = "--event-loops",
      paramLabel = "<n>",
      description = "Network threads in every worker (default: 1).",
      defaultValue = "1")
  private String eventLoops = "1";

  @Option(names = "--debug", description = "Log where every connection goes, and stack traces.")
  private boolean debug;

  @Option(
      names = "--fail-start",
      description = "Let every worker fail at its start, to show what happens.")
  private boolean failStart;

  ExampleCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    int workerCount =
        number(
            "--workers",
            workers,
            "WEB_CONCURRENCY",
            Runtime.getRuntime().availableProcessors(),
            1,
            ClusterOptions.MAX_CONCURRENCY);
    int loops = number("--event-loops", eventLoops, null, 1, 1, MAX_EVENT_LOOPS);
    Logs.setDebug(debug);
    cluster(workerCount).run(new ChatProgram(loops, failStart));
    return 0;
  }

  private StickyCluster cluster(int workerCount) {
    StickyClusterBuilder builder =
        StickyCluster.builder()
            .concurrency(workerCount)
            .port(number("--port", port, "PORT", DEFAULT_PORT, 0, MAX_PORT))
            .host(host)
            .transport(transport)
            .handOver(handOver)
            .hardShutdownDelay(duration("--hard-shutdown-delay", hardShutdownDelay))
            .debug(debug)
            .env(ChatProgram::environment)
            .listener(new ReadyLine(host));
    try {
      return builder.routing(routing.routing()).build();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private int number(
      String option,
      @Nullable String value,
      @Nullable String variable,
      int none,
      int min,
      int max) {
    String name = option;
    if (value == null && variable != null) {
      value = environment.get(variable);
      name = "the environment variable " + variable;
    }
    if (value == null || value.isEmpty()) {
      return none;
    }
    try {
      int number = Integer.parseInt(value.trim());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, with the bounds.
    }
    throw wrong(
        "%s must be a whole number from %d to %d, not '%s'".formatted(name, min, max, value));
  }

  private Duration duration(String option, String value) {
    try {
      return Durations.parse(value);
    } catch (IllegalArgumentException e) {
      throw wrong(option + " " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    CommandLine commandLine = spec == null ? new CommandLine(this) : spec.commandLine();
    return new ParameterException(commandLine, message);
  }

  /** Prints a mistake on the command line as one line. */
  static int explain(ParameterException mistake, String[] args) {
    mistake
        .getCommandLine()
        .getErr()
        .println("sticky-example: " + mistake.getMessage() + " (see --help)");
    return CommandLine.ExitCode.USAGE;
  }
}
