package io.stickycluster.bench.hash;

import io.stickycluster.bench.HelpOption;
import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.spi.HashStrategy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares hash strategies, as the original's benchmark does and beyond. */
@Command(
    name = "sticky-bench",
    description = {
      "Compare the hash strategies on the class path: how long they take and how evenly they"
          + " scatter clients over workers. Times are those of the best of many passes."
    },
    footer = {
      "",
      "To see an own strategy, put its jar on the class path:",
      "  java -cp own.jar:sticky-bench.jar io.stickycluster.bench.Main"
    })
public final class ScatterCommand implements Callable<Integer> {

  private static final int MAX_WORKERS = 1024;
  private static final int MAX_ADDRESSES = 10_000_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "num_workers",
      defaultValue = "10",
      description = "the number of workers, 1 to 1024 (default: ${DEFAULT-VALUE})")
  private int workers;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "num_ips",
      defaultValue = "100000",
      description = "the number of addresses, 1 to 10000000 (default: ${DEFAULT-VALUE})")
  private int addresses;

  @Option(
      names = "--hash",
      paramLabel = "NAME",
      split = ",",
      description = "only these strategies, separated by commas (default: all)")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the seed of the strategies that take one")
  private @Nullable Long seed;

  @Option(
      names = "--balancer",
      paramLabel = "NAME",
      defaultValue = Balancers.MODULO,
      description = "the balancer (default: ${DEFAULT-VALUE})")
  private String balancer = "";

  @Option(
      names = "--key",
      paramLabel = "FORM",
      defaultValue = "bytes",
      description = "the keys of the table: bytes, text or node-text (default: ${DEFAULT-VALUE})")
  private String key = "";

  @Option(
      names = "--random",
      paramLabel = "N",
      defaultValue = "1",
      description = "another number makes other random addresses (default: ${DEFAULT-VALUE})")
  private long random;

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = "draw time and scatter side by side into a .png or .svg file")
  private @Nullable Path chart;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    check("num_workers", workers, MAX_WORKERS);
    check("num_ips", addresses, MAX_ADDRESSES);
    ScatterChart.Format format = chart == null ? null : ScatterChart.Format.of(chart);
    ScatterReport report =
        new ScatterReport(strategies(), Balancers.load(), balancer, workers, addresses, random);
    PrintWriter out = spec.commandLine().getOut();
    KeyForm form = KeyForm.of(key);
    try (Progress progress =
        new Progress(spec.commandLine().getErr(), Progress.isTerminal(), report.steps())) {
      report.printAsOriginal(out, progress);
      report.printTable(out, form, progress);
      report.printMoved(out);
    }
    if (chart != null && format != null) {
      report.chart().save(chart, format);
      out.println("chart: " + chart);
    }
    return 0;
  }

  private static void check(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException("%s must be from 1 to %d: %d".formatted(name, max, value));
    }
  }

  /** Returns the strategies to compare, the original benchmark's two first. */
  private List<HashStrategy> strategies() {
    HashStrategies found = HashStrategies.load();
    List<String> chosen = names.isEmpty() ? found.names() : names;
    return chosen.stream()
        .sorted(Comparator.comparingInt(name -> List.of("djb2", "int31").indexOf(name) * -1))
        .map(found::require)
        .map(strategy -> seed != null && strategy.isSeedable() ? strategy.seeded(seed) : strategy)
        .toList();
  }
}
