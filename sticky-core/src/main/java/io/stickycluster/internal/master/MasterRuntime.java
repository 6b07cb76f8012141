package io.stickycluster.internal.master;

import io.stickycluster.ClusterListener;
import io.stickycluster.ClusterOptions;
import io.stickycluster.Master;
import io.stickycluster.Messages;
import io.stickycluster.WorkerInfo;
import io.stickycluster.internal.control.ControlServer;
import io.stickycluster.internal.process.ClassDataSharing;
import io.stickycluster.internal.process.ProcessStarter;
import io.stickycluster.internal.process.WorkerCommand;
import io.stickycluster.internal.process.WorkerEnvironment;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.Transport.TransportCounters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running master: puts the supervisor, the control socket and the transport together. */
public final class MasterRuntime implements Master {

  private static final Logger log = LoggerFactory.getLogger(MasterRuntime.class);

  /**
   * When classes are archived after a start: not before the cluster has caught its breath, and
   * again for what was loaded by the first requests.
   */
  private static final List<Duration> ARCHIVE_DELAYS =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5));

  private static final String CONTROL_SOCKET = "control.sock";

  /**
   * What a master is made of.
   *
   * @param transport listens already
   * @param routers makes a router for a number of workers
   */
  public record Parts(
      ClusterOptions options,
      Path directory,
      String transportName,
      Transport transport,
      InetSocketAddress address,
      IntFunction<Router> routers,
      OpenConnections openConnections,
      ProcessStarter starter,
      ClassDataSharing classData) {}

  private final Parts parts;
  private final SupervisorLoop loop = new ThreadedLoop();
  private final Announcer announcer;
  private final MasterMessages messages;
  private final Supervisor supervisor;
  private final ControlServer control;
  private final CompletableFuture<Master> ready = new CompletableFuture<>();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final InetSocketAddress address;
  private volatile int exitCode;
  private volatile String failure = "";

  /**
   * Opens the control socket; forks nothing yet.
   *
   * @throws IOException if it can't be made
   */
  public MasterRuntime(Parts parts) throws IOException {
    this.parts = parts;
    ClusterOptions options = parts.options();
    Transport transport = parts.transport();
    address = parts.address();
    List<ClusterListener> listeners = new ArrayList<>(options.listeners());
    listeners.add(new FlightRecorder());
    SystemdNotifier.ofEnvironment(loop).ifPresent(listeners::add);
    announcer = new Announcer(listeners);
    messages = new MasterMessages(loop, options.prefix());
    supervisor =
        new Supervisor(
            options, loop, parts.starter(), transport, this::environment, announcer, outcome());
    Path controlPath = parts.directory().resolve(CONTROL_SOCKET);
    Map<String, String> welcome =
        Map.of(
            "transport", parts.transportName(),
            "directory", parts.directory().toString());
    control =
        new ControlServer(
            controlPath,
            options.prefix(),
            new ControlEvents(
                supervisor, messages, parts.openConnections(), options.prefix(), welcome));
    messages.connect(supervisor, control);
    log.info(
        "master {} listens on {} with {} workers: {}",
        ProcessHandle.current().pid(),
        address,
        options.concurrency(),
        transport.describe());
  }

  /** Runs what is to run before the first fork, then forks. */
  public void start() {
    control.start();
    CompletionStage<?> before;
    try {
      before = parts.options().beforeFork().get();
    } catch (RuntimeException e) {
      before = CompletableFuture.failedFuture(e);
    }
    before.whenComplete(
        (value, error) ->
            loop.execute(
                () -> {
                  if (error == null) {
                    supervisor.start();
                    healthCheck().start();
                  } else {
                    supervisor.fail("what was to run before the first fork failed: " + error);
                  }
                }));
  }

  private HealthCheck healthCheck() {
    ClusterOptions options = parts.options();
    return new HealthCheck(
        supervisor,
        WorkerCommand.isDebugged() ? null : options.watchdog(),
        options.recycling(),
        options.prefix());
  }

  private Map<String, String> environment(WorkerHandle worker) {
    int index = worker.index();
    Map<String, String> variables;
    try {
      worker.userVariables = Map.copyOf(parts.options().env().apply(index));
      variables = new HashMap<>(worker.userVariables);
    } catch (RuntimeException e) {
      throw new IllegalStateException("the env function threw for index " + index + ": " + e, e);
    }
    for (String name : variables.keySet()) {
      if (name.startsWith(WorkerEnvironment.RESERVED)) {
        throw new IllegalArgumentException(
            "the env function sets "
                + name
                + "; names that start with "
                + WorkerEnvironment.RESERVED
                + " are the framework's own");
      }
    }
    variables.putAll(
        new WorkerEnvironment(
                parts.directory().resolve(CONTROL_SOCKET),
                worker.controlToken,
                index,
                worker.seat.id(),
                ProcessHandle.current().pid())
            .toMap());
    return variables;
  }

  private Supervisor.Outcome outcome() {
    return new Supervisor.Outcome() {
      @Override
      public void ready() {
        ready.complete(MasterRuntime.this);
        archiveClassesSoon();
        announcer.tell(listener -> listener.clusterReady(MasterRuntime.this));
      }

      @Override
      public void stopping() {
        announcer.tell(listener -> listener.stopping(MasterRuntime.this));
      }

      @Override
      public void reloading() {
        // The program on disk may be another one by now.
        parts.classData().forget();
        announcer.tell(listener -> listener.reloading(MasterRuntime.this));
      }

      @Override
      public void reloaded(boolean success) {
        archiveClassesSoon();
        announcer.tell(listener -> listener.reloaded(MasterRuntime.this, success));
      }

      @Override
      public void failing(String reason) {
        failure = reason;
        log.debug("the cluster fails: {}", reason);
      }

      @Override
      public void ended(int code) {
        exitCode = code;
        release();
      }
    };
  }

  private void archiveClassesSoon() {
    ARCHIVE_DELAYS.forEach(delay -> loop.schedule(delay, parts.classData()::archive));
  }

  private void release() {
    parts.classData().close();
    parts.transport().close();
    control.close();
    messages.stop();
    announcer.stop();
    MasterDirectory.delete(parts.directory());
    loop.stop();
    ready.completeExceptionally(
        new IllegalStateException(failure.isEmpty() ? "the cluster was shut down" : failure));
    log.info("the cluster has ended with {}", exitCode);
    terminated.countDown();
  }

  /** Returns why the cluster failed, or an empty string if it didn't. */
  public String failure() {
    return failure;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public String transport() {
    return parts.transportName();
  }

  @Override
  public String handOver() {
    return parts.transport().handOver();
  }

  @Override
  public CompletionStage<Master> ready() {
    return ready;
  }

  @Override
  public List<WorkerInfo> workers() {
    return isTerminated() ? List.of() : onLoop(supervisor::infos).join();
  }

  @Override
  public TransportCounters transportCounters() {
    return parts.transport().counters();
  }

  @Override
  public Messages messages() {
    return messages;
  }

  @Override
  public CompletionStage<Integer> reload() {
    return onLoop(supervisor.operations()::reload).thenCompose(stage -> stage);
  }

  @Override
  public CompletionStage<Integer> scale(int workers) {
    if (workers < 1 || workers > ClusterOptions.MAX_CONCURRENCY) {
      throw new IllegalArgumentException(
          "the number of workers must be from 1 to "
              + ClusterOptions.MAX_CONCURRENCY
              + ", not "
              + workers);
    }
    Scaling scaling = new Scaling(supervisor, parts.transport(), parts.routers(), workers);
    loop.execute(() -> supervisor.operations().submit(scaling));
    return scaling.result();
  }

  /** Scales by a step, within the bounds. */
  public void scaleBy(int step) {
    loop.execute(
        () -> {
          int wanted = supervisor.slots().size() + step;
          if (wanted >= 1 && wanted <= ClusterOptions.MAX_CONCURRENCY) {
            scale(wanted);
          }
        });
  }

  private <T> CompletableFuture<T> onLoop(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (loop.inLoop()) {
      answer.complete(question.get());
    } else {
      loop.execute(() -> answer.complete(question.get()));
    }
    return answer;
  }

  @Override
  public void shutdown() {
    loop.execute(supervisor::shutdown);
  }

  @Override
  public void shutdownNow() {
    loop.execute(supervisor::shutdownNow);
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(Duration timeout) throws InterruptedException {
    return terminated.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int exitCode() {
    return exitCode;
  }
}
