package io.stickycluster.bench.chaos;

import io.stickycluster.bench.HelpOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes chaos and says which promises were kept. */
@Command(
    name = "chaos",
    description = {
      "Start a cluster, put it under load, kill, freeze, reload and scale its workers at random, and"
          + " check that it keeps its promises. Linux only.",
      ""
    },
    footer = {
      "",
      "What happens goes to standard error, the report to standard output. Exit codes: 0 if every"
          + " promise was kept, 1 if one was broken, 2 after a wrong option."
    })
public final class ChaosCommand implements Callable<Integer> {

  private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m|)");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "chooses actions, victims and pauses (default: another one each time)")
  private @Nullable Long seed;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "how long actions go on, up to 60m, such as 30s; each is done once in any case (default:"
              + " ${DEFAULT-VALUE})")
  private String duration = "";

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "4",
      description = "the number of workers, 1 to 32 (default: ${DEFAULT-VALUE})")
  private int workers;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "12",
      description = "clients that ask at a time, 1 to 256 (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      description = "only the roads of this transport: netty or nio (default: all)")
  private @Nullable String transport;

  @Option(
      names = "--hand-over",
      paramLabel = "KIND",
      description = "only the road that hands this over: listener, connection or bytes")
  private @Nullable String handOver;

  @Option(
      names = "--respawns",
      paramLabel = "N",
      description =
          "instead of chaos, kill that many workers, 1 to 100000, and compare what the master holds"
              + " before and after")
  private @Nullable Integer respawns;

  @SuppressWarnings("UnusedVariable") // Set by the command line.
  @Mixin
  private HelpOption help = new HelpOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    long chosenSeed = seed == null ? System.nanoTime() & 0xffff_ffffL : seed;
    ChaosSettings settings =
        ChaosSettings.of(chosenSeed, workers, parseDuration(duration), clients);
    List<Road> roads = roads();
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress = progress(err);
    boolean kept = true;
    for (Road road : roads) {
      RunReport report =
          respawns == null
              ? ChaosRun.run(road, settings, progress)
              : RespawnRun.run(road, settings, respawns, progress);
      report.print(spec.commandLine().getOut());
      kept &= report.isKept();
    }
    return kept ? 0 : 1;
  }

  private static Consumer<String> progress(PrintWriter err) {
    long start = System.nanoTime();
    return text -> {
      err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, text);
      err.flush();
    };
  }

  private List<Road> roads() {
    List<Road> roads =
        Stream.of(Road.values())
            .filter(road -> transport == null || road.transport().equals(transport))
            .filter(road -> handOver == null || road.toString().equals(handOver))
            .toList();
    if (roads.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no such road; there are --transport=netty with --hand-over=listener or"
              + " connection, and --transport=nio with --hand-over=bytes");
    }
    return roads;
  }

  private static Duration parseDuration(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--duration must be a time such as 500ms, 30s or 2m, not '" + text + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
