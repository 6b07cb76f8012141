package io.stickycluster.example;

import picocli.CommandLine;

/** The way in: reads the command line and runs the chat, as master or as worker. */
public final class Main {

  private static final String NETTY_JFR = "io.netty.jfr.enabled";

  private Main() {}

  /** Runs the chat; {@code --help} lists the options. Exits with 2 after a wrong option. */
  public static void main(String[] args) {
    if (System.getProperty(NETTY_JFR) == null) {
      // Nobody records the buffers of a chat, and loading Flight Recorder holds up the first answer
      // of a new worker.
      System.setProperty(NETTY_JFR, "false");
    }
    int exitCode =
        new CommandLine(new ExampleCommand(System.getenv()))
            .setParameterExceptionHandler(ExampleCommand::explain)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args);
    // The cluster ends the process by itself; only --help, --version and mistakes come back here.
    System.exit(exitCode);
  }
}
