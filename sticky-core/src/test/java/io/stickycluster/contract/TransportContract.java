package io.stickycluster.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stickycluster.Master;
import io.stickycluster.StickyCluster;
import io.stickycluster.StickyClusterBuilder;
import io.stickycluster.WorkerInfo;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport promises, with real processes. Each road extends this once. */
@Timeout(120)
public abstract class TransportContract {

  private static final int WORKERS = 3;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Not the common pool, which has a single thread on a machine with two processors. */
  private final ExecutorService clients = Executors.newCachedThreadPool();

  private @Nullable Master master;

  /** Returns the transport's name. */
  protected abstract String transport();

  /** Returns the wanted hand-over. */
  protected abstract String handOver();

  /** Returns the class whose main method runs a worker that speaks {@link Answers}. */
  protected abstract String workerMain();

  /** Returns whether workers see the address of the client rather than of a proxy. */
  protected abstract boolean showsClientAddress();

  /** Changes the options of the clusters under test. */
  protected void configure(StickyClusterBuilder builder) {}

  @AfterEach
  void endCluster() throws InterruptedException {
    clients.shutdownNow();
    if (master != null) {
      List<WorkerInfo> workers = master.workers();
      master.shutdownNow();
      assertThat(master.awaitTermination(LONG)).isTrue();
      workers.forEach(worker -> assertThat(isAlive(worker.pid())).isFalse());
    }
  }

  @Test
  void everyClientKeepsTheWorkerThatItsHashSays() throws IOException {
    start(WORKERS, builder -> {});
    for (int host = 1; host <= 60; host++) {
      InetAddress client = client(host);
      int expected = Integer.remainderUnsigned(djb2(client.getAddress()), WORKERS);
      for (int connection = 0; connection < 3; connection++) {
        assertThat(who(client).index()).as("client %s", client).isEqualTo(expected);
      }
    }
  }

  @Test
  void ipv6AndMappedClientsAreTheirBytes() throws IOException {
    start(WORKERS, builder -> {});
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    InetAddress six = InetAddress.getByAddress(loopback);
    Reply reply = Reply.who(new InetSocketAddress(six, address().getPort()), six);
    assertThat(reply.index()).isEqualTo(Integer.remainderUnsigned(djb2(six.getAddress()), WORKERS));
    // A client that reaches a dual-stack listener over IPv4 arrives as ::ffff:127.0.0.9.
    assertThat(who(client(9)).index())
        .isEqualTo(Integer.remainderUnsigned(djb2(client(9).getAddress()), WORKERS));
  }

  @Test
  void workersSeeTheirVariableAndTheirClient() throws IOException {
    start(WORKERS, builder -> {});
    for (int host = 1; host <= 12; host++) {
      Reply reply = who(client(host));
      assertThat(reply.variable()).isEqualTo("value-" + reply.index());
      if (showsClientAddress()) {
        assertThat(reply.clientAddress()).isEqualTo(client(host).getHostAddress());
      }
    }
  }

  @Test
  void aDeadWorkersClientsWaitForItsSuccessorAndMoveNowhere() throws Exception {
    start(WORKERS, builder -> {});
    InetAddress client = client(7);
    Reply before = who(client);
    Map<Integer, Long> others = pids();
    kill(before.pid());
    // Not one of these may be refused, though they come while nobody serves the index.
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      replies.add(CompletableFuture.supplyAsync(() -> retryOnceIfInHand(client), clients));
    }
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(60, TimeUnit.SECONDS).index()).isEqualTo(before.index());
    }
    Reply after = who(client);
    assertThat(after.pid()).isNotEqualTo(before.pid());
    assertThat(after.id()).isNotEqualTo(before.id());
    others.remove(before.index());
    assertThat(pids()).containsAllEntriesOf(others);
  }

  /** The dead process may have had a connection in hand; a second try may not fail. */
  private Reply retryOnceIfInHand(InetAddress client) {
    try {
      return who(client);
    } catch (ConnectException e) {
      throw new AssertionError("refused", e);
    } catch (IOException e) {
      try {
        return who(client);
      } catch (IOException again) {
        throw new AssertionError("failed twice", again);
      }
    }
  }

  @Test
  void aStoppedWorkersClientsWaitAndNobodyElseDoes() throws Exception {
    start(2, builder -> {});
    Map<Boolean, List<InetAddress>> clientsByWorker =
        IntStream.rangeClosed(1, 40)
            .mapToObj(TransportContract::client)
            .collect(
                Collectors.partitioningBy(
                    client -> Integer.remainderUnsigned(djb2(client.getAddress()), 2) == 0));
    long stopped = pids().get(0);
    signal("STOP", stopped);
    List<Socket> waiting = new ArrayList<>();
    try {
      for (InetAddress client : clientsByWorker.get(true)) {
        Socket socket = Reply.connect(address(), client);
        waiting.add(socket);
        socket.getOutputStream().write("who\n".getBytes(UTF_8));
      }
      for (InetAddress client : clientsByWorker.get(false)) {
        assertThat(who(client).index()).isEqualTo(1);
      }
      for (Socket socket : waiting) {
        assertThat(socket.getInputStream().available()).isZero();
      }
      signal("CONT", stopped);
      for (Socket socket : waiting) {
        assertThat(Reply.read(socket).pid()).isEqualTo(stopped);
      }
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void shutdownLetsRequestsInFlightFinish() throws Exception {
    Master running = start(WORKERS, builder -> {});
    try (Socket busy = Reply.connect(address(), client(3))) {
      Reply.ask(busy, "who");
      busy.getOutputStream().write("slow 1500\n".getBytes(UTF_8));
      awaitInFlight();
      running.shutdown();
      assertThat(Reply.read(busy).index()).isNotNegative();
    }
    assertThat(running.awaitTermination(LONG)).isTrue();
    assertThat(running.exitCode()).isZero();
  }

  /** A request that was sent before the shutdown must reach its worker before the shutdown does. */
  private void awaitInFlight() throws IOException {
    who(client(3));
  }

  @Test
  void shutdownForcesWhatDoesNotFinish() throws Exception {
    Master running = start(1, builder -> builder.hardShutdownDelay(Duration.ofMillis(500)));
    try (Socket busy = Reply.connect(address(), client(3))) {
      Reply.ask(busy, "who");
      busy.getOutputStream().write("slow 60000\n".getBytes(UTF_8));
      awaitInFlight();
      running.shutdown();
      assertThat(running.awaitTermination(Duration.ofSeconds(30))).isTrue();
      assertThat(running.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void reloadReplacesEveryProcessAndFailsNobody() throws Exception {
    Master running = start(2, builder -> builder.drainDeadline(Duration.ofSeconds(10)));
    Map<Integer, Long> before = pids();
    AtomicBoolean reloading = new AtomicBoolean(true);
    List<CompletableFuture<Integer>> loads = new ArrayList<>();
    for (int host = 1; host <= 4; host++) {
      InetAddress client = client(host);
      loads.add(CompletableFuture.supplyAsync(() -> countRepliesWhile(reloading, client), clients));
    }
    assertThat(running.reload().toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(2);
    reloading.set(false);
    for (CompletableFuture<Integer> load : loads) {
      assertThat(load.get(60, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(pids().keySet()).isEqualTo(before.keySet());
    assertThat(pids().values()).doesNotContainAnyElementsOf(before.values());
  }

  private int countRepliesWhile(AtomicBoolean goingOn, InetAddress client) {
    int replies = 0;
    int expected = Integer.remainderUnsigned(djb2(client.getAddress()), 2);
    try {
      while (goingOn.get()) {
        assertThat(who(client).index()).isEqualTo(expected);
        replies++;
      }
    } catch (IOException e) {
      throw new AssertionError(client + " failed after " + replies + " replies", e);
    }
    return replies;
  }

  @Test
  void scalingFollowsTheHashAndRefusesNobody() throws Exception {
    Master running = start(2, builder -> {});
    for (int workers : new int[] {4, 1, 3}) {
      running.scale(workers).toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(pids()).hasSize(workers);
      for (int host = 1; host <= 20; host++) {
        assertThat(who(client(host)).index())
            .isEqualTo(Integer.remainderUnsigned(djb2(client(host).getAddress()), workers));
      }
    }
  }

  @Test
  void theMasterHoldsNoMoreDescriptorsAfterDeathsThanBefore() throws Exception {
    start(2, builder -> {});
    who(client(1));
    killAndAwaitRespawn();
    long before = openDescriptors();
    for (int death = 0; death < 3; death++) {
      for (int host = 1; host <= 20; host++) {
        who(client(host));
      }
      killAndAwaitRespawn();
    }
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(openDescriptors()).isLessThanOrEqualTo(before));
  }

  private void killAndAwaitRespawn() throws IOException {
    Reply victim = who(client(1));
    kill(victim.pid());
    await().atMost(LONG).ignoreExceptions().until(() -> who(client(1)).pid() != victim.pid());
  }

  /** Returns how many descriptors the master and its clients, who are one process here, hold. */
  protected static long openDescriptors() throws IOException {
    try (var descriptors = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  /** Starts a cluster and waits until it is ready. */
  protected final Master start(
      int workers, java.util.function.Consumer<StickyClusterBuilder> changes) {
    StickyClusterBuilder builder =
        StickyCluster.builder()
            .concurrency(workers)
            .port(0)
            .transport(transport())
            .handOver(handOver())
            .hash("djb2")
            .env(index -> Map.of(Answers.VARIABLE, "value-" + index))
            .workerMain(workerMain());
    configure(builder);
    changes.accept(builder);
    Master started =
        builder
            .build()
            .start(
                worker -> {
                  throw new IllegalStateException("the master runs no worker program");
                });
    master = started;
    return started.ready().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** Returns the address of the cluster under test as its clients use it. */
  protected final InetSocketAddress address() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(),
        Objects.requireNonNull(master, "no cluster").address().getPort());
  }

  /** Returns the reply that a client gets on a new connection. */
  protected final Reply who(InetAddress client) throws IOException {
    return Reply.who(address(), client);
  }

  /** Returns the pids of those who serve, by index. */
  protected final Map<Integer, Long> pids() {
    return Objects.requireNonNull(master, "no cluster").workers().stream()
        .filter(worker -> worker.state() == WorkerInfo.State.READY)
        .collect(Collectors.toMap(WorkerInfo::index, WorkerInfo::pid));
  }

  /** Returns one of the machine's many loopback addresses. */
  protected static InetAddress client(int host) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 1, (byte) (host >> 8), (byte) host});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void kill(long pid) {
    Set<Long> own =
        ProcessHandle.current().descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
    assertThat(own).contains(pid);
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The xor variant of djb2, from the last byte to the first, written out once more. */
  private static int djb2(byte[] key) {
    int hash = 5381;
    for (int i = key.length - 1; i >= 0; i--) {
      hash = hash * 33 ^ (key[i] & 0xff);
    }
    return hash;
  }
}
