package io.stickycluster.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the scripts in {@code src/test/node} with their packages installed. */
final class NodeClients {

  private static final Path SCRIPTS = Path.of(System.getProperty("example.node"));
  private static final Path FOLDER = Path.of(System.getProperty("example.target"), "node");
  private static final long MINUTES = 4;

  private NodeClients() {}

  /** What a script printed, and how it ended. */
  record Outcome(int exitCode, List<String> lines) {}

  /** Installs the packages as the lock file says, once in a build. */
  static synchronized void require() {
    Machine.need(Machine.runs("node", "--version"), "node is missing: install Node 18 or newer");
    Machine.need(Machine.runs("npm", "--version"), "npm is missing: install it with Node");
    try {
      Files.createDirectories(FOLDER);
      boolean changed = false;
      try (Stream<Path> scripts = Files.list(SCRIPTS)) {
        for (Path script : scripts.filter(Files::isRegularFile).toList()) {
          changed |= copy(script, FOLDER.resolve(script.getFileName()));
        }
      }
      if (changed || !Files.isDirectory(FOLDER.resolve("node_modules"))) {
        Outcome outcome = execute(List.of("npm", "ci"));
        Machine.need(outcome.exitCode() == 0, "npm ci failed: " + outcome.lines());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a script to its end. */
  static Outcome run(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("node", script));
    command.addAll(List.of(arguments));
    return execute(command);
  }

  private static boolean copy(Path from, Path to) throws IOException {
    if (Files.exists(to) && Files.mismatch(from, to) < 0) {
      return false;
    }
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    return true;
  }

  private static Outcome execute(List<String> command) {
    Path output = FOLDER.resolve("output-" + System.nanoTime() + ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          throw new AssertionError(
              command + " didn't end in " + MINUTES + " min: " + Files.readAllLines(output));
        }
        return new Outcome(process.exitValue(), Files.readAllLines(output));
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
