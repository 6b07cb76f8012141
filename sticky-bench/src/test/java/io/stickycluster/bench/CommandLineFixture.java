package io.stickycluster.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command line in this JVM. */
public final class CommandLineFixture {

  /** What a run left. */
  public record Result(int exitCode, String out, String err) {}

  private CommandLineFixture() {}

  /** Runs a command line. */
  public static Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Result(commandLine.execute(args), out.toString(), err.toString());
  }
}
