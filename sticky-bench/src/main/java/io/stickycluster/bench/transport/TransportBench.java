package io.stickycluster.bench.transport;

import io.stickycluster.bench.transport.LoadGenerator.Mode;
import io.stickycluster.bench.transport.LoadGenerator.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures the NIO transport, HAProxy and nginx side by side: the same two workers behind all of
 * them, rounds interleaved, medians printed.
 */
final class TransportBench {

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  private TransportBench(Path directory) {
    this.directory = directory;
  }

  /** Arguments: rounds, seconds per round, clients, then options of the NIO transport. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Duration time = Duration.ofSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 3);
    int clients = args.length > 2 ? Integer.parseInt(args[2]) : 32;
    List<String> options = args.length > 3 ? List.of(args).subList(3, args.length) : List.of();
    TransportBench bench = new TransportBench(Files.createTempDirectory("bench"));
    try {
      bench.compare(rounds, time, clients, options);
    } finally {
      bench.close();
    }
  }

  private void compare(int rounds, Duration time, int clients, List<String> options)
      throws Exception {
    List<Path> workers = List.of(directory.resolve("w0.sock"), directory.resolve("w1.sock"));
    for (Path worker : workers) {
      java(BenchWorker.class, List.of(worker.toString()));
    }
    List<Contender> contenders = List.of(nio(workers, options), haproxy(workers), nginx(workers));
    String modes = System.getProperty("bench.modes", "CLOSE,KEEP_ALIVE,BODY");
    for (Mode mode : Mode.values()) {
      if (!modes.contains(mode.name())) {
        continue;
      }
      for (Contender contender : contenders) {
        LoadGenerator.run(contender.port, mode, clients, time.multipliedBy(2));
      }
      contenders.forEach(Contender::forget);
      for (int round = 0; round < rounds; round++) {
        for (Contender contender : contenders) {
          contender.measure(mode, clients, time);
        }
      }
      double reference = contenders.get(1).medianRate();
      for (Contender contender : contenders) {
        System.out.printf(Locale.ROOT, "%-10s %s%n", mode, contender.report(reference));
      }
    }
  }

  /** One proxy and what was measured of it. */
  private static final class Contender {
    private final String name;
    private final int port;
    private final ProcessHandle process;
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> cpuMicros = new ArrayList<>();
    private long failed;

    Contender(String name, int port, Process process) {
      this.name = name;
      this.port = port;
      this.process = process.toHandle();
    }

    void forget() {
      rates.clear();
      cpuMicros.clear();
      failed = 0;
    }

    void measure(Mode mode, int clients, Duration time) throws InterruptedException {
      long cpu = cpuNanos();
      Result result = LoadGenerator.run(port, mode, clients, time);
      rates.add(result.requestsPerSecond());
      cpuMicros.add((cpuNanos() - cpu) / 1e3 / Math.max(1, result.requests()));
      failed += result.failed();
    }

    double medianRate() {
      return median(rates);
    }

    String report(double reference) {
      return String.format(
          Locale.ROOT,
          "%-8s %9.0f/s  %.2f x haproxy  (%.0f..%.0f)  %.1f us CPU per request  failed %d",
          name,
          medianRate(),
          medianRate() / reference,
          rates.stream().mapToDouble(d -> d).min().orElse(0),
          rates.stream().mapToDouble(d -> d).max().orElse(0),
          median(cpuMicros),
          failed);
    }

    private long cpuNanos() {
      return Stream.concat(Stream.of(process), process.descendants())
          .mapToLong(p -> p.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
          .sum();
    }

    private static double median(List<Double> values) {
      return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
    }
  }

  private Contender nio(List<Path> workers, List<String> options) throws Exception {
    int port = freePort();
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(port));
    arguments.addAll(options);
    workers.forEach(worker -> arguments.add(worker.toString()));
    return new Contender("nio", port, java(NioProxy.class, arguments));
  }

  private Contender haproxy(List<Path> workers) throws Exception {
    int port = freePort();
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(file, ReferenceProxies.haproxy(port, workers));
    Process process = start(List.of("haproxy", "-db", "-f", file.toString()));
    awaitPort(port);
    return new Contender("haproxy", port, process);
  }

  private Contender nginx(List<Path> workers) throws Exception {
    int port = freePort();
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, ReferenceProxies.nginx(port, workers, directory));
    Process process = start(List.of("nginx", "-c", file.toString()));
    awaitPort(port);
    return new Contender("nginx", port, process);
  }

  private Process java(Class<?> main, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String flags = System.getProperty("bench.jvm", "");
    if (!flags.isEmpty()) {
      command.addAll(List.of(flags.split(" ")));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process = start(command);
    System.out.println(main.getSimpleName() + " pid " + process.pid());
    var output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.equals("ready")) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException(main.getSimpleName() + " did not start");
    }
    return process;
  }

  private Process start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws Exception {
    for (int i = 0; ; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (i == 100) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private void close() throws IOException, InterruptedException {
    for (Process process : processes) {
      process.destroy();
      process.waitFor();
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
