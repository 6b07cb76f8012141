package io.stickycluster.bench.transport;

import io.stickycluster.bench.transport.LoadGenerator.Mode;
import io.stickycluster.bench.transport.LoadGenerator.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("nio", nio(workers, options));
    ports.put("haproxy", haproxy(workers));
    ports.put("nginx", nginx(workers));
    String only = System.getProperty("bench.modes", "CLOSE,KEEP_ALIVE,BODY");
    for (Mode mode : Mode.values()) {
      if (!only.contains(mode.name())) {
        continue;
      }
      for (int port : ports.values()) {
        LoadGenerator.run(port, mode, clients, time.multipliedBy(2));
      }
      Map<String, double[]> rates = new LinkedHashMap<>();
      Map<String, Long> failures = new LinkedHashMap<>();
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Integer> proxy : ports.entrySet()) {
          Result result = LoadGenerator.run(proxy.getValue(), mode, clients, time);
          rates.computeIfAbsent(proxy.getKey(), k -> new double[rounds])[round] =
              result.requestsPerSecond();
          failures.merge(proxy.getKey(), result.failed(), Long::sum);
        }
      }
      double reference = median(rates.getOrDefault("haproxy", new double[] {Double.NaN}));
      rates.forEach(
          (name, values) ->
              System.out.printf(
                  Locale.ROOT,
                  "%-10s %-8s %9.0f/s  %.2f x haproxy  (%.0f..%.0f) failed %d%n",
                  mode,
                  name,
                  median(values),
                  median(values) / reference,
                  Arrays.stream(values).min().orElse(0),
                  Arrays.stream(values).max().orElse(0),
                  failures.get(name)));
    }
  }

  private int nio(List<Path> workers, List<String> options) throws Exception {
    int port = freePort();
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(port));
    arguments.addAll(options);
    workers.forEach(worker -> arguments.add(worker.toString()));
    java(NioProxy.class, arguments);
    return port;
  }

  private int haproxy(List<Path> workers) throws Exception {
    int port = freePort();
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(file, ReferenceProxies.haproxy(port, workers));
    start(List.of("haproxy", "-db", "-f", file.toString()));
    awaitPort(port);
    return port;
  }

  private int nginx(List<Path> workers) throws Exception {
    int port = freePort();
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, ReferenceProxies.nginx(port, workers, directory));
    start(List.of("nginx", "-c", file.toString()));
    awaitPort(port);
    return port;
  }

  private void java(Class<?> main, List<String> arguments) throws Exception {
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
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return;
      } catch (IOException e) {
        if (i == 100) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void close() throws InterruptedException {
    for (Process process : processes) {
      process.destroy();
      process.waitFor();
    }
  }
}
