package io.stickycluster.bench;

import picocli.CommandLine.Option;

/** The option that every command has. */
public final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;
}
