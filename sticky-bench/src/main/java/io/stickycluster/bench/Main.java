package io.stickycluster.bench;

import io.stickycluster.bench.chaos.ChaosCommand;
import io.stickycluster.bench.hash.HashOfCommand;
import io.stickycluster.bench.hash.JmhCommand;
import io.stickycluster.bench.hash.ScatterCommand;
import io.stickycluster.bench.hash.WhereCommand;
import io.stickycluster.bench.transport.TransportCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * The benchmarks' command line. Without the name of a command it compares the hash strategies, as
 * the original's benchmark does.
 */
public final class Main {

  private Main() {}

  /** Runs the command line and exits: 0 if all went well, 2 for a wrong argument, else 1. */
  public static void main(String[] args) {
    System.exit(
        commandLine()
            .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
            .execute(args));
  }

  /** Returns the command line with all commands. */
  static CommandLine commandLine() {
    CommandLine jmh = new CommandLine(new JmhCommand());
    // JMH parses its own options.
    jmh.setUnmatchedOptionsArePositionalParams(true).setStopAtPositional(true);
    return new CommandLine(new ScatterCommand())
        .addSubcommand("jmh", jmh)
        .addSubcommand(new HashOfCommand())
        .addSubcommand(new WhereCommand())
        .addSubcommand(new ChaosCommand())
        .addSubcommand(new TransportCommand())
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(Main::reportParameter)
        .setExecutionExceptionHandler(Main::report);
  }

  private static int reportParameter(CommandLine.ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    command
        .getErr()
        .printf(
            "sticky-bench: %s (see %s --help)%n",
            failure.getMessage(), command.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  /** Says in one line what a user can mend; anything else is a fault and shows its trace. */
  private static int report(
      Exception failure, CommandLine command, CommandLine.ParseResult parseResult)
      throws Exception {
    if (failure instanceof IllegalArgumentException) {
      command.getErr().println("sticky-bench: " + failure.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    throw failure;
  }
}
