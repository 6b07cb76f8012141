package io.stickycluster.internal.master;

import io.stickycluster.ClusterListener;
import io.stickycluster.ClusterOptions;
import io.stickycluster.RespawnPolicy;
import io.stickycluster.StickyCluster;
import io.stickycluster.StickyClusterBuilder;
import io.stickycluster.WorkerExit;
import io.stickycluster.WorkerInfo;
import io.stickycluster.internal.control.ControlLink;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.master.FakeProcesses.Fake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A supervisor on a manual clock, with fake processes, a recording transport and fake links. */
final class SupervisorHarness {

  static final RespawnPolicy POLICY =
      new RespawnPolicy(
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          0,
          Duration.ofSeconds(10),
          5,
          Duration.ofMinutes(1),
          Duration.ZERO);

  final ManualLoop loop = new ManualLoop();
  final FakeProcesses processes = new FakeProcesses();
  final RecordingTransport transport = new RecordingTransport();
  final List<String> failures = new ArrayList<>();
  final List<String> told = new ArrayList<>();
  final List<Integer> exitCodes = new ArrayList<>();
  final Supervisor supervisor;
  final ClusterOptions options;
  int readyCalls;
  Map<String, String> environment = Map.of();

  SupervisorHarness(int workers, Consumer<StickyClusterBuilder> changes) {
    StickyClusterBuilder builder =
        StickyCluster.builder()
            .concurrency(workers)
            .respawn(POLICY)
            .startUpDeadline(Duration.ofSeconds(20))
            .drainDeadline(Duration.ofSeconds(5))
            .hardShutdownDelay(Duration.ofSeconds(60));
    changes.accept(builder);
    options = builder.build().options();
    supervisor =
        new Supervisor(
            options,
            loop,
            processes,
            transport,
            worker -> environment,
            new Announcer(List.of(new Quiet())),
            new Supervisor.Outcome() {
              @Override
              public void ready() {
                readyCalls++;
              }

              @Override
              public void stopping() {
                told.add("stopping");
              }

              @Override
              public void reloading() {
                told.add("reloading");
              }

              @Override
              public void reloaded(boolean success) {
                told.add("reloaded " + success);
              }

              @Override
              public void failing(String reason) {
                failures.add(reason);
              }

              @Override
              public void ended(int exitCode) {
                exitCodes.add(exitCode);
              }
            });
    loop.run(supervisor::start);
  }

  SupervisorHarness(int workers) {
    this(workers, builder -> {});
  }

  /** Lets every forked worker that is alive show its token and become ready. */
  SupervisorHarness allReady() {
    loop.run(() -> supervisor.alive().forEach(this::makeReady));
    return this;
  }

  void makeReady(WorkerHandle worker) {
    if (worker.state() == WorkerInfo.State.STARTING) {
      supervisor.connected(worker, new FakeLink());
      supervisor.ready(worker, Map.of());
    }
  }

  WorkerHandle current(int index) {
    WorkerHandle current = supervisor.slots().get(index).current;
    if (current == null) {
      throw new AssertionError("nobody serves index " + index);
    }
    return current;
  }

  Fake process(WorkerHandle worker) {
    return processes.forked.stream()
        .filter(fake -> fake.pid() == worker.pid())
        .findFirst()
        .orElseThrow();
  }

  void die(WorkerHandle worker, int code) {
    loop.run(() -> process(worker).exit(code));
  }

  List<String> heard(WorkerHandle worker) {
    return ((FakeLink) java.util.Objects.requireNonNull(worker.link())).heard;
  }

  /** A link that writes down the names of what it is to send. */
  static final class FakeLink implements ControlLink {
    final List<String> heard = new ArrayList<>();
    boolean closed;

    @Override
    public CompletionStage<?> send(Frame frame) {
      heard.add(frame.name());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void assign(int index, long id) {}

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class Quiet implements ClusterListener {
    @Override
    public void workerExited(WorkerInfo worker, WorkerExit exit) {
      throw new IllegalStateException("listeners that throw harm nobody");
    }
  }
}
