package io.stickycluster.example;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real HAProxy or nginx in front of a running example, with a configuration of docs/KEYS.md. It
 * reaches the example from 127.0.0.1, whoever its clients are.
 */
final class ReverseProxy implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MAX_ATTEMPTS = 5;
  private static final InetAddress LOOPBACK = TestHttp.address("127.0.0.1");

  private final Process process;
  private final int port;

  private ReverseProxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Returns the first code block under a heading of docs/KEYS.md. */
  static String documented(String heading) {
    try {
      String page = Files.readString(Path.of("..", "docs", "KEYS.md"));
      int fence = page.indexOf("```", page.indexOf("\n" + heading + "\n"));
      int start = page.indexOf('\n', fence) + 1;
      return page.substring(start, page.indexOf("```", start));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts HAProxy; without it the test is skipped, or fails in CI. */
  static ReverseProxy haproxy(String configuration, ExampleProcess cluster) {
    return start("haproxy", List.of("-db", "-f"), configuration, cluster);
  }

  /** Starts nginx with these servers; without it the test is skipped, or fails in CI. */
  static ReverseProxy nginx(String servers, ExampleProcess cluster) {
    String paths =
        Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            .map(name -> name + "_temp_path DIRECTORY/" + name + ";\n")
            .reduce("", String::concat);
    String configuration =
        "daemon off; master_process off; pid DIRECTORY/pid; error_log stderr;\n"
            + "events { worker_connections 4096; }\n"
            + "http { access_log off;\n"
            + paths
            + servers
            + "}\n";
    return start("nginx", List.of("-e", "stderr", "-c"), configuration, cluster);
  }

  private static ReverseProxy start(
      String name, List<String> options, String configuration, ExampleProcess cluster) {
    Path program =
        Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")
            .map(path -> Path.of(path, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of(name));
    Machine.need(Files.isExecutable(program), name + " is missing: install the package " + name);
    try {
      Path directory =
          Files.createTempDirectory(Path.of(System.getProperty("example.target")), name);
      Path log = directory.resolve("log");
      for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        int port = freePort();
        Path file =
            Files.writeString(
                directory.resolve("conf"),
                configuration
                    .replace("DIRECTORY", directory.toString())
                    .replace("127.0.0.1:8080", "127.0.0.1:" + cluster.port())
                    .replace("bind :80", "bind 127.0.0.1:" + port)
                    .replace("listen 80;", "listen 127.0.0.1:" + port + ";"));
        ProcessBuilder builder =
            new ProcessBuilder(
                Stream.of(List.of(program.toString()), options, List.of(file.toString()))
                    .flatMap(List::stream)
                    .toList());
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        ReverseProxy proxy = new ReverseProxy(process, port);
        if (proxy.isUp(cluster)) {
          return proxy;
        }
        // Somebody else took the port meanwhile.
        proxy.close();
      }
      throw new AssertionError(name + " doesn't start: " + Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Sends a request from a local address and returns the answer of the worker behind. */
  TestHttp.Response send(String localAddress, String request) {
    return TestHttp.exchange(LOOPBACK, port, TestHttp.address(localAddress), request);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** Waits until requests reach the cluster through this proxy; returns false if it ended. */
  private boolean isUp(ExampleProcess cluster) {
    List<Long> workers = cluster.workers().stream().map(ProcessHandle::pid).toList();
    await().atMost(PATIENCE).until(() -> !process.isAlive() || reaches(workers));
    return process.isAlive();
  }

  private boolean reaches(List<Long> workers) {
    try {
      TestHttp.Response response = send("127.0.0.1", TestHttp.request("GET", "/whoami", ""));
      return response.status() == 200 && workers.contains(WhoIs.of(response).pid());
    } catch (UncheckedIOException | AssertionError e) {
      return false; // It doesn't listen yet.
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      return free.getLocalPort();
    }
  }
}
