package io.stickycluster.bench.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Starts the servers of targets, which run until the end: idle ones cost nothing. */
final class Servers implements AutoCloseable {

  private static final List<String> DIRECTORIES =
      Stream.concat(
              Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
              Stream.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"))
          .toList();
  private static final String WORKERS = Integer.toString(Sources.WORKERS);

  private final Path directory;
  private final String key;
  private final List<String> jvmOptions;
  private final @Nullable Path nodeModule;
  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<ServerProcess> proxyWorkers = new ArrayList<>();
  private final List<Path> proxyWorkerPaths = new ArrayList<>();

  /**
   * Makes the starter.
   *
   * @param key the key of the targets that look into the head
   * @param jvmOptions for all Java servers
   * @param nodeModule the original's directory, or null if it takes no part
   */
  Servers(String key, List<String> jvmOptions, @Nullable Path nodeModule) throws IOException {
    directory = Files.createTempDirectory("sticky-bench");
    this.key = key;
    this.jvmOptions = jvmOptions;
    this.nodeModule = nodeModule;
    // Proxies don't notice when their parent is gone.
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /**
   * A target's servers.
   *
   * @param port where they listen
   * @param processes all that take part in serving
   */
  record Running(int port, List<ServerProcess> processes) {

    /** Returns the processor time that they used so far. */
    Duration cpu() {
      return processes.stream().map(ServerProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }
  }

  /** Says that a target can't take part here. */
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message) {
      super(message);
    }
  }

  /**
   * Starts a target's servers.
   *
   * @throws MissingException if its program isn't there
   * @throws IOException if it doesn't start
   */
  Running start(Target target) throws MissingException, IOException {
    return switch (target) {
      case NETTY -> javaServer(PlainServer.class, WORKERS);
      case LISTENER -> cluster("netty", "listener", "ip");
      case CONNECTION -> cluster("netty", "connection", "ip");
      case CONNECTION_KEY -> cluster("netty", "connection", key);
      case NIO -> cluster("nio", "bytes", "ip");
      case NIO_ANY -> cluster("nio", "bytes", "ip", ClusterServer.ANY);
      case NIO_KEY -> cluster("nio", "bytes", key);
      case HAPROXY -> haproxy();
      case NGINX -> nginx();
      case NODE -> node();
    };
  }

  private Running cluster(String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of(WORKERS));
    all.addAll(List.of(args));
    return javaServer(ClusterServer.class, all.toArray(String[]::new));
  }

  private Running javaServer(Class<?> main, String... args) throws IOException {
    ServerProcess process = keep(ServerProcess.java(main, jvmOptions, args));
    return new Running(Integer.parseInt(process.where()), List.of(process));
  }

  private Running haproxy() throws MissingException, IOException {
    Path program = require("haproxy");
    startProxyWorkers();
    int port = freePort();
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(file, ReferenceProxies.haproxy(port, proxyWorkerPaths));
    return proxy("haproxy", port, List.of(program.toString(), "-db", "-f", file.toString()));
  }

  private Running nginx() throws MissingException, IOException {
    Path program = require("nginx");
    startProxyWorkers();
    int port = freePort();
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, ReferenceProxies.nginx(port, proxyWorkerPaths, directory));
    return proxy("nginx", port, List.of(program.toString(), "-c", file.toString()));
  }

  private Running proxy(String name, int port, List<String> command) throws IOException {
    List<ServerProcess> all = new ArrayList<>(proxyWorkers);
    all.add(keep(ServerProcess.listening(name, port, command)));
    return new Running(port, all);
  }

  private Running node() throws MissingException, IOException {
    if (nodeModule == null) {
      throw new MissingException("needs --node=DIRECTORY of the package sticky-cluster");
    }
    Path program = require("node");
    int port = freePort();
    Path file = directory.resolve("server.js");
    Files.writeString(
        file, ReferenceProxies.node(port, nodeModule.toAbsolutePath(), Sources.WORKERS));
    ServerProcess process =
        keep(ServerProcess.listening("node", port, List.of(program.toString(), file.toString())));
    return new Running(port, List.of(process));
  }

  /** All proxies share their workers, for only one of them is measured at a time. */
  private void startProxyWorkers() throws IOException {
    while (proxyWorkers.size() < Sources.WORKERS) {
      Path path = directory.resolve("w" + proxyWorkers.size() + ".sock");
      proxyWorkers.add(
          keep(ServerProcess.java(PlainServer.class, jvmOptions, "1", path.toString())));
      proxyWorkerPaths.add(path);
    }
  }

  private synchronized ServerProcess keep(ServerProcess process) {
    processes.add(process);
    return process;
  }

  private static Path require(String program) throws MissingException {
    Optional<Path> found =
        DIRECTORIES.stream()
            .filter(directory -> !directory.isEmpty())
            .map(directory -> Path.of(directory, program))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseThrow(() -> new MissingException(program + " is not installed"));
  }

  /** The programs that are not ours can't say which port they got. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private synchronized void kill() {
    processes.forEach(ServerProcess::kill);
  }

  /** Ends all processes, proxies before their workers. */
  @Override
  public synchronized void close() throws IOException {
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
