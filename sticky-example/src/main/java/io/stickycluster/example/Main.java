package io.stickycluster.example;

import picocli.CommandLine;

/** The way in: reads the command line and runs the chat, as master or as worker. */
public final class Main {

  private Main() {}

  /** Runs the chat; {@code --help} lists the options. Exits with 2 after a wrong option. */
  public static void main(String[] args) {
    int exitCode =
        new CommandLine(new ExampleCommand(System.getenv()))
            .setParameterExceptionHandler(ExampleCommand::explain)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args);
    // The cluster ends the process by itself; only --help, --version and mistakes come back here.
    System.exit(exitCode);
  }
}
