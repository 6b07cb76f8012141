package io.stickycluster;

import io.stickycluster.spi.TransportSettings.Parking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the options of a cluster. For use by one thread; every method returns this builder. */
public final class StickyClusterBuilder {

  private int concurrency = Runtime.getRuntime().availableProcessors();
  private @Nullable String host;
  private int port = 8080;
  private int backlog = 4096;
  private boolean debug;
  private String prefix = "sticky-cluster:";
  private IntFunction<Map<String, String>> env =
      index -> Map.of(ClusterOptions.DEFAULT_INDEX_VARIABLE, Integer.toString(index));
  private Consumer<? super IOException> errorHandler =
      error -> {
        System.err.println("sticky-cluster: " + error.getMessage());
        Runtime.getRuntime().exit(1);
      };
  private Routing routing = Routing.defaults();
  private @Nullable String transport;
  private String handOver = "auto";
  private final Map<String, String> transportOptions = new TreeMap<>();
  private Parking parking = new Parking(1024, Duration.ofSeconds(30));
  private Duration startUpDeadline = Duration.ofSeconds(60);
  private Duration drainDeadline = Duration.ofSeconds(30);
  private Duration hardShutdownDelay = Duration.ofSeconds(60);
  private @Nullable RespawnPolicy respawn;
  private @Nullable Watchdog watchdog = Watchdog.defaults();
  private Recycling recycling = Recycling.never();
  private Supplier<? extends CompletionStage<?>> beforeFork =
      () -> CompletableFuture.completedFuture(null);
  private Set<String> shutdownSignals = Set.of("TERM", "INT");
  private final List<ClusterListener> listeners = new ArrayList<>();
  private boolean classDataSharing = true;
  private final List<String> workerJvmOptions = new ArrayList<>();
  private @Nullable String workerMainClass;
  private List<String> workerArguments = List.of();

  StickyClusterBuilder() {}

  /**
   * Sets the number of workers, 1 to {@value ClusterOptions#MAX_CONCURRENCY}; the number of
   * processors by default.
   */
  public StickyClusterBuilder concurrency(int concurrency) {
    this.concurrency = concurrency;
    return this;
  }

  /** Sets the host name or address to listen on; every address by default. */
  public StickyClusterBuilder host(@Nullable String host) {
    this.host = host;
    return this;
  }

  /** Sets the port, 0 (any free one) to 65535; 8080 by default. */
  public StickyClusterBuilder port(int port) {
    this.port = port;
    return this;
  }

  /** Sets the length of the kernel's accept queue, 1 to 65535; 4096 by default. */
  public StickyClusterBuilder backlog(int backlog) {
    this.backlog = backlog;
    return this;
  }

  /** Sets whether to log who goes where, and stack traces with errors; off by default. */
  public StickyClusterBuilder debug(boolean debug) {
    this.debug = debug;
    return this;
  }

  /** Sets how names of the framework's own messages start; {@code sticky-cluster:} by default. */
  public StickyClusterBuilder prefix(String prefix) {
    this.prefix = prefix;
    return this;
  }

  /**
   * Sets which variables a worker's environment gets, by its index. By default {@value
   * ClusterOptions#DEFAULT_INDEX_VARIABLE} is the index. Called anew for every fork. Names that
   * start with {@code STICKYCLUSTER_} are the framework's own.
   */
  public StickyClusterBuilder env(IntFunction<Map<String, String>> env) {
    this.env = env;
    return this;
  }

  /**
   * Sets what happens if the listening socket fails; by default the error is printed and the
   * process exits with 1.
   */
  public StickyClusterBuilder errorHandler(Consumer<? super IOException> errorHandler) {
    this.errorHandler = errorHandler;
    return this;
  }

  /** Sets the hash strategy by name; {@code djb2} by default. */
  public StickyClusterBuilder hash(String hash) {
    return routing(routing.withHash(hash, OptionalLong.empty()));
  }

  /** Sets the hash strategy by name, and its seed. */
  public StickyClusterBuilder hash(String hash, long seed) {
    return routing(routing.withHash(hash, OptionalLong.of(seed)));
  }

  /** Sets the balancer by name; {@code modulo} by default. */
  public StickyClusterBuilder balancer(String balancer) {
    return routing(routing.withBalancer(balancer));
  }

  /** Sets where a client's key is found; {@code ip}, its address, by default. */
  public StickyClusterBuilder key(String key) {
    return routing(routing.withKey(key));
  }

  /** Sets whose forwarded addresses count, in CIDR notation; nobody's by default. */
  public StickyClusterBuilder trustedNetworks(List<String> networks) {
    return routing(routing.withTrustedNetworks(networks));
  }

  /** Sets everything about how a client becomes an index. */
  public StickyClusterBuilder routing(Routing routing) {
    this.routing = routing;
    return this;
  }

  /** Sets the transport by name; by default the best one on the class path that works here. */
  public StickyClusterBuilder transport(@Nullable String transport) {
    this.transport = transport;
    return this;
  }

  /** Sets what the transport hands over; {@code auto} by default. */
  public StickyClusterBuilder handOver(String handOver) {
    this.handOver = handOver;
    return this;
  }

  /** Sets an option of the transport's own. */
  public StickyClusterBuilder transportOption(String name, String value) {
    transportOptions.put(name, value);
    return this;
  }

  /**
   * Sets how many connections may wait for one worker that is not ready, 0 to 1,000,000, and for
   * how long, up to 1 day; 1024 for 30 s by default.
   */
  public StickyClusterBuilder parking(int maxConnections, Duration maxWait) {
    this.parking = new Parking(maxConnections, maxWait);
    return this;
  }

  /** Sets how long a worker may take from fork to ready, 100 ms to 1 day; 60 s by default. */
  public StickyClusterBuilder startUpDeadline(Duration deadline) {
    this.startUpDeadline = deadline;
    return this;
  }

  /**
   * Sets how long a replaced worker may finish what is in flight, up to 1 day, before it is killed;
   * 30 s by default.
   */
  public StickyClusterBuilder drainDeadline(Duration deadline) {
    this.drainDeadline = deadline;
    return this;
  }

  /** Sets how long a graceful shutdown may take, up to 1 day, before force; 60 s by default. */
  public StickyClusterBuilder hardShutdownDelay(Duration delay) {
    this.hardShutdownDelay = delay;
    return this;
  }

  /** Sets how the dead are revived; {@link RespawnPolicy#defaults(int)} by default. */
  public StickyClusterBuilder respawn(RespawnPolicy policy) {
    this.respawn = policy;
    return this;
  }

  /**
   * Sets how stuck workers are found, or null to never look; {@link Watchdog#defaults()} by
   * default. The master never looks while it runs under a debugger.
   */
  public StickyClusterBuilder watchdog(@Nullable Watchdog watchdog) {
    this.watchdog = watchdog;
    return this;
  }

  /** Sets when healthy workers are replaced; never by default. */
  public StickyClusterBuilder recycling(Recycling recycling) {
    this.recycling = recycling;
    return this;
  }

  /**
   * Sets what runs once in the master before the first fork; the workers are forked when its stage
   * completes, and the start fails if it fails.
   */
  public StickyClusterBuilder beforeFork(Supplier<? extends CompletionStage<?>> action) {
    this.beforeFork = action;
    return this;
  }

  /** Sets which signals to the master shut down, without SIG; TERM and INT by default. */
  public StickyClusterBuilder shutdownSignals(Set<String> signals) {
    this.shutdownSignals = signals;
    return this;
  }

  /** Adds someone to be told what happens to the workers. */
  public StickyClusterBuilder listener(ClusterListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Sets whether a class data archive is made in the background, so that later workers start
   * faster; on by default. Needs HotSpot and a program that consists of jars, and stays out of the
   * way of JVM options for an archive of your own.
   */
  public StickyClusterBuilder classDataSharing(boolean wanted) {
    this.classDataSharing = wanted;
    return this;
  }

  /** Adds JVM options for the workers, after those of the master's own command line. */
  public StickyClusterBuilder workerJvmOptions(String... options) {
    workerJvmOptions.addAll(List.of(options));
    return this;
  }

  /**
   * Sets the class whose main method the workers run, instead of the master's own program; for
   * masters that live in another program, such as a test.
   */
  public StickyClusterBuilder workerMain(String className, String... arguments) {
    this.workerMainClass = className;
    this.workerArguments = List.of(arguments);
    return this;
  }

  /**
   * Makes the cluster.
   *
   * @throws IllegalArgumentException naming the option, the value and its bounds
   */
  public StickyCluster build() {
    return new StickyCluster(
        new ClusterOptions(
            concurrency,
            host,
            port,
            backlog,
            debug,
            prefix,
            env,
            errorHandler,
            routing,
            transport,
            handOver,
            transportOptions,
            parking,
            startUpDeadline,
            drainDeadline,
            hardShutdownDelay,
            respawn == null ? RespawnPolicy.defaults(concurrency) : respawn,
            watchdog,
            recycling,
            beforeFork,
            shutdownSignals,
            listeners,
            classDataSharing,
            workerJvmOptions,
            workerMainClass,
            workerArguments));
  }
}
