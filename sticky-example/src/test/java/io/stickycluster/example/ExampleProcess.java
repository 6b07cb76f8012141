package io.stickycluster.example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built example as a real process, in a process group of its own so that nothing of it outlives
 * a test. Needs Linux with GNU coreutils and util-linux.
 */
final class ExampleProcess implements AutoCloseable {

  /** The jar that was built. */
  static final Path JAR = Path.of(System.getProperty("example.jar"));

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern READY =
      Pattern.compile(
          "ready http://(\\S+):(\\d+) workers=(\\d+) transport=(\\S+) hand-over=(\\S+) pid=(\\d+)");

  private final Process process;
  private final List<String> out = Collections.synchronizedList(new ArrayList<>());
  private final List<String> err = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final List<Thread> readers = new ArrayList<>();

  /** What the ready line says. */
  record Ready(String host, int port, int workers, String transport, String handOver, long pid) {}

  private ExampleProcess(Process process) {
    this.process = process;
    readers.add(read(process.getInputStream(), this::onOutput));
    readers.add(read(process.getErrorStream(), err::add));
  }

  /** Starts it on any free port unless the arguments name one. */
  static ExampleProcess start(String... arguments) {
    return start(List.of(), Map.of(), arguments);
  }

  /** Starts it by another program, and with more variables in its environment. */
  static ExampleProcess start(
      List<String> launcher, Map<String, String> environment, String... arguments) {
    return start(JAR, launcher, environment, arguments);
  }

  /** Starts another jar than the one that was built. */
  static ExampleProcess start(Path jar, String... arguments) {
    return start(jar, List.of(), Map.of(), arguments);
  }

  private static ExampleProcess start(
      Path jar, List<String> launcher, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    // A shell that starts its jobs in the background lets them ignore SIGINT, for good.
    command.addAll(List.of("env", "--default-signal=INT", "setsid"));
    command.addAll(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Small and quick to start; the workers get the same flags.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of(arguments));
    if (!List.of(arguments).toString().contains("--port=")) {
      command.add("--port=0");
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("PORT", "WEB_CONCURRENCY"));
    builder.environment().putAll(environment);
    try {
      return new ExampleProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it and waits until every worker is ready. */
  static ExampleProcess startReady(String... arguments) {
    ExampleProcess example = start(arguments);
    try {
      example.ready();
      return example;
    } catch (AssertionError | RuntimeException e) {
      example.close();
      throw e;
    }
  }

  /** Waits for the ready line and returns what it says. */
  Ready ready() {
    try {
      return ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("never ready; it said " + out() + err(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return ready().port();
  }

  long pid() {
    return process.pid();
  }

  /** Returns what it has written to standard output. */
  List<String> out() {
    return List.copyOf(out);
  }

  /** Returns what it has written to standard error. */
  List<String> err() {
    return List.copyOf(err);
  }

  /** Asks from a local address which worker serves it. */
  WhoIs whoIs(String localAddress) {
    return WhoIs.of(http("/whoami", localAddress));
  }

  /** Gets a path from a local address, by a connection of its own. */
  TestHttp.Response http(String path, String localAddress) {
    InetAddress local = TestHttp.address(localAddress);
    InetAddress server = TestHttp.address(localAddress.contains(":") ? "::1" : "127.0.0.1");
    return TestHttp.get(server, port(), local, path);
  }

  /** Returns the program that the launcher was told to start, as this test's system sees it. */
  ProcessHandle launched() {
    return process.children().findFirst().orElseThrow();
  }

  /** Returns its workers; it may also have started a JVM that makes an archive of classes. */
  List<ProcessHandle> workers() {
    return process
        .descendants()
        .filter(ExampleProcess::isRunning)
        .filter(ExampleProcess::isWorker)
        .toList();
  }

  private static boolean isWorker(ProcessHandle handle) {
    try {
      return Files.readString(
              Path.of("/proc/" + handle.pid() + "/environ"), StandardCharsets.ISO_8859_1)
          .contains("stickycluster_worker_index=");
    } catch (IOException e) {
      return false; // It has gone.
    }
  }

  /** Returns whether a process runs; one that is dead but not yet reaped doesn't. */
  static boolean isRunning(ProcessHandle handle) {
    try {
      String stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // It went away while it was read.
      return false;
    }
  }

  /** Sends a signal, such as TERM, to the master. */
  void signal(String name) {
    signal(name, process.toHandle());
  }

  /** Sends a signal to one process. */
  static void signal(String name, ProcessHandle target) {
    kill(name, Long.toString(target.pid()));
  }

  /** Sends a signal to the master and all its workers at once, as a terminal does. */
  void signalGroup(String name) {
    kill(name, "-" + process.pid());
  }

  /** Waits for its end and returns the exit code. */
  int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it doesn't end; it said " + out() + err());
      }
      // Workers that are still there hold the pipes open.
      for (Thread reader : readers) {
        reader.join(TimeUnit.SECONDS.toMillis(10));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills what is left of it. */
  @Override
  public void close() {
    kill("KILL", "-" + process.pid());
    awaitExit();
  }

  private static void kill(String signal, String target) {
    try {
      new ProcessBuilder("kill", "-" + signal, "--", target)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void onOutput(String line) {
    out.add(line);
    Matcher matcher = READY.matcher(line);
    if (matcher.matches()) {
      ready.complete(
          new Ready(
              matcher.group(1),
              Integer.parseInt(matcher.group(2)),
              Integer.parseInt(matcher.group(3)),
              matcher.group(4),
              matcher.group(5),
              Long.parseLong(matcher.group(6))));
    }
  }

  private Thread read(InputStream in, Consumer<String> eachLine) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                lines.lines().forEach(eachLine);
              } catch (IOException | UncheckedIOException e) {
                eachLine.accept("(reading ended: " + e.getMessage() + ")");
              } finally {
                ready.completeExceptionally(new IllegalStateException("its output has ended"));
              }
            },
            "example-output");
    reader.setDaemon(true);
    reader.start();
    return reader;
  }
}
