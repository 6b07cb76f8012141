package io.stickycluster.bench.hash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs JMH, which has its own command line. */
@Command(
    name = "jmh",
    description = {
      "Run the JMH benchmarks; the arguments are JMH's own.",
      "Example: jmh Routing -prof gc -p strategy=djb2"
    })
public final class JmhCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JMH-ARGUMENT", description = "see jmh -h")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return 0;
  }
}
