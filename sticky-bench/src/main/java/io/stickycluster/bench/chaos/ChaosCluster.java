package io.stickycluster.bench.chaos;

import io.stickycluster.ClusterListener;
import io.stickycluster.ClusterOptions;
import io.stickycluster.Master;
import io.stickycluster.RespawnPolicy;
import io.stickycluster.StickyCluster;
import io.stickycluster.Watchdog;
import io.stickycluster.WorkerExit;
import io.stickycluster.WorkerInfo;
import io.stickycluster.WorkerInfo.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The cluster under test: its master, which runs in this process, what is done to its workers, and
 * the record of both. Safe for use by several threads.
 */
final class ChaosCluster implements ClusterListener {

  private static final int MAX_PARKED = 4096;

  /** Nobody gives up sooner than the clients, however slow the machine is. */
  private static final Duration PATIENCE = Duration.ofMillis(2L * HttpConnection.TIMEOUT_MILLIS);

  private static final Duration DRAIN_DEADLINE = Duration.ofSeconds(20);
  private static final Duration HARD_SHUTDOWN_DELAY = Duration.ofSeconds(40);

  private final Master master;
  private final History history;
  private final Map<Integer, StartOrder> startOrders = new ConcurrentHashMap<>();
  private final Set<Integer> failingIndices = ConcurrentHashMap.newKeySet();
  private final Set<Long> failing = ConcurrentHashMap.newKeySet();
  private final Set<Long> forked = ConcurrentHashMap.newKeySet();
  private final Set<Long> frozen = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<CompletableFuture<?>> operations =
      new ConcurrentLinkedQueue<>();
  private volatile int workers;

  /**
   * Starts a cluster.
   *
   * @param records where workers note the connections they take
   */
  ChaosCluster(Road road, ChaosSettings settings, History history, Path records) {
    this.history = history;
    this.workers = settings.workers();
    this.master =
        StickyCluster.builder()
            .concurrency(settings.workers())
            .host("127.0.0.1")
            .port(0)
            .transport(road.transport())
            .handOver(road.handOver())
            .env(this::environment)
            .drainDeadline(DRAIN_DEADLINE)
            .hardShutdownDelay(HARD_SHUTDOWN_DELAY)
            .watchdog(new Watchdog(Duration.ofSeconds(1), settings.watchdogDeadline()))
            .parking(MAX_PARKED, PATIENCE)
            .respawn(manyDeaths())
            .listener(this)
            // Short-lived processes on a machine that does much else.
            .workerJvmOptions("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m")
            .workerMain(
                ChaosWorker.class.getName(),
                records.toString(),
                Long.toString(settings.drainGrace().toMillis()))
            .build()
            .start(worker -> new CompletableFuture<>());
  }

  /** Bears any number of deaths, and counts a worker as stable soon. */
  private static RespawnPolicy manyDeaths() {
    return new RespawnPolicy(
        Duration.ofMillis(50),
        Duration.ofSeconds(1),
        0.2,
        Duration.ofMillis(500),
        1_000_000,
        Duration.ofMinutes(1),
        Duration.ZERO);
  }

  private Map<String, String> environment(int index) {
    StartOrder order = Optional.ofNullable(startOrders.remove(index)).orElse(StartOrder.NORMAL);
    if (order.fails()) {
      failingIndices.add(index);
    }
    return Map.of(
        ClusterOptions.DEFAULT_INDEX_VARIABLE,
        Integer.toString(index),
        ChaosWorker.START_VARIABLE,
        order.text());
  }

  Master master() {
    return master;
  }

  History history() {
    return history;
  }

  /** Returns the number of workers that the last scaling led to. */
  int workers() {
    return workers;
  }

  /** Returns where to connect to. */
  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), master.address().getPort());
  }

  /** Returns the process ids of all workers there ever were. */
  Set<Long> forked() {
    return Set.copyOf(forked);
  }

  /** Returns the ends of workers that nobody had wanted. */
  List<String> surprises() {
    return List.copyOf(surprises);
  }

  @Override
  public void workerStarted(WorkerInfo worker) {
    forked.add(worker.pid());
    if (failingIndices.remove(worker.index())) {
      failing.add(worker.pid());
    }
  }

  @Override
  public void workerExited(WorkerInfo worker, WorkerExit exit) {
    history.dead(worker.pid(), System.nanoTime());
    frozen.remove(worker.pid());
    boolean fine = exit.planned() && (exit.code() == 0 || !exit.wasReady());
    boolean wanted = history.wasToDie(worker.pid()) || failing.contains(worker.pid());
    if (!fine && !wanted) {
      surprises.add(
          "worker %d (pid %d) ended%s: %s"
              .formatted(
                  worker.index(),
                  worker.pid(),
                  exit.planned() ? " as planned, but" : "",
                  exit.words()));
    }
  }

  /** Tells how the next worker of an index is to start. */
  void orderStart(int index, StartOrder order) {
    startOrders.put(index, order);
  }

  /** Notes that a process is going to die, other than by {@link #kill}. */
  void expectDeath(WorkerInfo worker, String cause) {
    history.dying(worker.index(), worker.pid(), cause, System.nanoTime());
  }

  /** Kills a worker's process the hard way. */
  void kill(WorkerInfo worker, String cause) {
    child(worker.pid())
        .ifPresent(
            process -> {
              expectDeath(worker, cause);
              process.destroyForcibly();
            });
  }

  /** Makes a worker's process stand still. */
  void freeze(WorkerInfo worker) throws IOException, InterruptedException {
    if (child(worker.pid()).isPresent()) {
      frozen.add(worker.pid());
      signal("STOP", worker.pid());
    }
  }

  /** Lets a frozen process go on, if it is still there. */
  void thaw(long pid) throws IOException, InterruptedException {
    if (frozen.remove(pid) && child(pid).isPresent()) {
      signal("CONT", pid);
    }
  }

  /** Lets every frozen process go on. */
  void thawAll() throws IOException, InterruptedException {
    for (long pid : frozen) {
      thaw(pid);
    }
  }

  boolean isFrozen(long pid) {
    return frozen.contains(pid);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/kill", "-" + name, Long.toString(pid))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** A process id may be somebody else's by now; only this process's own children are touched. */
  private static Optional<ProcessHandle> child(long pid) {
    return ProcessHandle.of(pid)
        .filter(
            process ->
                process.parent().map(ProcessHandle::pid).orElse(0L)
                    == ProcessHandle.current().pid());
  }

  /** Replaces all workers. */
  void reload() {
    long start = System.nanoTime();
    begun(master.reload().toCompletableFuture(), error -> judge("a reload", start, error));
  }

  /** Replaces all workers, one of which is going to fail. */
  CompletableFuture<Integer> failingReload() {
    CompletableFuture<Integer> reload = master.reload().toCompletableFuture();
    operations.add(reload);
    return reload;
  }

  /** Changes the number of workers. */
  void scale(int wanted) {
    long start = System.nanoTime();
    int before = workers;
    history.scalingBegins(wanted, start);
    begun(
        master.scale(wanted).toCompletableFuture(),
        error -> {
          workers = error == null ? wanted : before;
          history.scalingEnded(workers, System.nanoTime());
          judge("scaling from " + before + " to " + wanted, start, error);
        });
  }

  private void begun(CompletableFuture<?> operation, Consumer<@Nullable Throwable> end) {
    CompletableFuture<Void> judged =
        operation.handle(
            (value, error) -> {
              end.accept(error);
              return null;
            });
    operations.add(judged);
  }

  private void judge(String what, long start, @Nullable Throwable error) {
    long now = System.nanoTime();
    boolean excused = history.deaths().stream().anyMatch(death -> death.mayHaveCut(start, now));
    if (error != null && !excused) {
      surprises.add(what + " failed though nobody was killed meanwhile: " + error.getMessage());
    }
  }

  boolean isOperating() {
    operations.removeIf(CompletableFuture::isDone);
    return !operations.isEmpty();
  }

  /** Returns the worker that serves an index now. */
  Optional<WorkerInfo> ready(int index) {
    return master.workers().stream()
        .filter(worker -> worker.index() == index && worker.state() == State.READY)
        .reduce((older, newer) -> newer);
  }

  /** Returns whether every index is served, nothing goes on, and nobody else lives. */
  boolean isSettled() {
    if (isOperating() || !frozen.isEmpty()) {
      return false;
    }
    List<WorkerInfo> alive = master.workers();
    return alive.size() == workers && alive.stream().allMatch(w -> w.state() == State.READY);
  }

  /** Returns whether everything was calm before a time was over. */
  boolean awaitSettled(Duration timeout) throws InterruptedException {
    return await(this::isSettled, timeout);
  }

  /** Returns whether the cluster's workers were all ready before a time was over. */
  boolean awaitReady(Duration timeout) throws InterruptedException {
    try {
      Objects.requireNonNull(
          master.ready().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      return true;
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** Looks now and then whether something has become true; returns whether it has. */
  static boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return true;
  }
}
