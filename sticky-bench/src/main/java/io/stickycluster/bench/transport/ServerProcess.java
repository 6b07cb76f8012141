package io.stickycluster.bench.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that the comparison started and ends. */
final class ServerProcess implements AutoCloseable {

  private static final Duration START_UP = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 50;

  private final String name;
  private final Process process;
  private final BufferedReader output;
  private String where = "";

  private ServerProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts a class of this program and returns when it is ready. */
  static ServerProcess java(Class<?> main, List<String> jvmOptions, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    ServerProcess started = start(main.getSimpleName(), command);
    try {
      started.where = started.awaitReady();
      return started;
    } catch (IOException e) {
      started.close();
      throw e;
    }
  }

  /** Starts another program and returns when it listens on the port. */
  static ServerProcess listening(String name, int port, List<String> command) throws IOException {
    ServerProcess started = start(name, command);
    try {
      started.awaitPort(port);
      return started;
    } catch (IOException e) {
      started.close();
      throw e;
    }
  }

  private static ServerProcess start(String name, List<String> command) throws IOException {
    return new ServerProcess(
        name, new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Returns what the process said behind its word that it is ready. */
  String where() {
    return where;
  }

  long pid() {
    return process.pid();
  }

  /** Sends a line and returns the line that comes back. */
  String ask(String line) throws IOException {
    var input = process.outputWriter(StandardCharsets.UTF_8);
    input.write(line);
    input.newLine();
    input.flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new IOException(name + " ended");
    }
    return answer;
  }

  /** Returns the processor time that it and its children used so far. */
  Duration cpu() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(process.toHandle()), process.descendants())
        .map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Returns the process ids of it and its children. */
  List<Long> pids() {
    List<Long> pids = new ArrayList<>(List.of(process.pid()));
    process.descendants().map(ProcessHandle::pid).forEach(pids::add);
    return pids;
  }

  private String awaitReady() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      @Nullable String said = Child.whereReady(line);
      if (said != null) {
        return said;
      }
    }
    throw new IOException(name + " did not start; its last words stand above");
  }

  private void awaitPort(int port) throws IOException {
    long end = System.nanoTime() + START_UP.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end || hasEnded()) {
          throw new IOException(name + " does not listen on port " + port, e);
        }
      }
    }
  }

  private boolean hasEnded() throws IOException {
    try {
      return process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Ends it at once; idempotent. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Asks for the end and, after some seconds, forces it. */
  @Override
  public void close() {
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroy();
        process.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    family.forEach(ProcessHandle::destroyForcibly);
  }
}
