package io.stickycluster;

import io.stickycluster.spi.TransportSettings.Parking;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options of a cluster, checked. Made by {@link StickyCluster#builder()}, whose methods say
 * what each one means.
 */
public record ClusterOptions(
    int concurrency,
    @Nullable String host,
    int port,
    int backlog,
    boolean debug,
    String prefix,
    IntFunction<Map<String, String>> env,
    Consumer<? super IOException> errorHandler,
    Routing routing,
    @Nullable String transport,
    String handOver,
    Map<String, String> transportOptions,
    Parking parking,
    Duration startUpDeadline,
    Duration drainDeadline,
    Duration hardShutdownDelay,
    RespawnPolicy respawn,
    @Nullable Watchdog watchdog,
    Recycling recycling,
    Supplier<? extends CompletionStage<?>> beforeFork,
    Set<String> shutdownSignals,
    List<ClusterListener> listeners,
    boolean classDataSharing,
    List<String> workerJvmOptions,
    @Nullable String workerMainClass,
    List<String> workerArguments) {

  /** The largest number of workers. */
  public static final int MAX_CONCURRENCY = 1024;

  /** The variable that the default {@code env} function sets. */
  public static final String DEFAULT_INDEX_VARIABLE = "stickycluster_worker_index";

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the option, the value and its bounds
   */
  public ClusterOptions {
    Bounds.within("concurrency", concurrency, 1, MAX_CONCURRENCY);
    Bounds.within("port", port, 0, 65_535);
    Bounds.within("backlog", backlog, 1, 65_535);
    Bounds.within("parking.maxConnections", parking.maxConnections(), 0, 1_000_000);
    Duration day = Duration.ofDays(1);
    Bounds.within("parking.maxWait", parking.maxWait(), Duration.ZERO, day);
    Bounds.within("startUpDeadline", startUpDeadline, Duration.ofMillis(100), day);
    Bounds.within("drainDeadline", drainDeadline, Duration.ZERO, day);
    Bounds.within("hardShutdownDelay", hardShutdownDelay, Duration.ZERO, day);
    if (prefix.isEmpty() || prefix.length() > 64) {
      throw new IllegalArgumentException(
          "prefix must have 1 to 64 characters, not " + prefix.length());
    }
    transportOptions = Map.copyOf(transportOptions);
    shutdownSignals = Set.copyOf(shutdownSignals);
    listeners = List.copyOf(listeners);
    workerJvmOptions = List.copyOf(workerJvmOptions);
    workerArguments = List.copyOf(workerArguments);
  }
}
