package io.stickycluster.internal.worker;

import io.stickycluster.ClusterOptions;
import io.stickycluster.Server;
import io.stickycluster.WorkerProgram;
import io.stickycluster.internal.Signals;
import io.stickycluster.internal.TransportProviders;
import io.stickycluster.internal.control.ControlClient;
import io.stickycluster.internal.control.Fields;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.Verb;
import io.stickycluster.internal.process.WorkerEnvironment;
import io.stickycluster.spi.WorkerTransport;
import io.stickycluster.spi.WorkerTransport.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's own life: shows its token, starts its program, serves, and ends when its master says
 * so or is gone. The main thread starts the program; a second one reads the control link.
 */
public final class WorkerRuntime {

  private static final Logger log = LoggerFactory.getLogger(WorkerRuntime.class);

  /** A worker without its master has no port to be reached by, so it doesn't wait long. */
  private static final Duration ORPHAN_DRAIN = Duration.ofSeconds(2);

  /** How long the program's shutdown hooks may take. */
  private static final Duration HOOKS_BOUND = Duration.ofSeconds(10);

  private static final byte[] NOTHING = Fields.encode(Map.of());

  private final ClusterOptions options;
  private final WorkerEnvironment environment;
  private final ControlClient link;
  private final WorkerMessages messages;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CompletableFuture<Map<String, String>> welcome = new CompletableFuture<>();
  private final Object draining = new Object();
  private volatile @Nullable Serving serving;
  private boolean drainAsked;

  /** What runs once the program is up. */
  private record Serving(Server server, WorkerTransport transport, CounterReport report) {}

  private WorkerRuntime(ClusterOptions options, WorkerEnvironment environment, ControlClient link) {
    this.options = options;
    this.environment = environment;
    this.link = link;
    this.messages = new WorkerMessages(link, options.prefix());
  }

  /** Runs a worker to its end and exits the process. */
  public static void run(
      ClusterOptions options, WorkerEnvironment environment, WorkerProgram program) {
    ControlClient link;
    try {
      link = new ControlClient(environment.control());
    } catch (IOException e) {
      System.err.println(
          "sticky-cluster: worker "
              + environment.index()
              + " finds no master at "
              + environment.control()
              + ", so it ends");
      System.exit(1);
      return;
    }
    WorkerRuntime runtime = new WorkerRuntime(options, environment, link);
    runtime.takeSignals();
    runtime.live(program);
  }

  /** The terminal and service managers signal whole groups; workers wait for the master's word. */
  private void takeSignals() {
    for (String name : new String[] {"INT", "HUP", "TTIN", "TTOU"}) {
      Signals.ignore(name);
    }
    Signals.on("TERM", signal -> say(Verb.LEAVE, Map.of()));
  }

  private void live(WorkerProgram program) {
    // The main thread may be held up by the program for good, so another one ends the process.
    var unused = exit.thenAccept(code -> new Thread(() -> endProcess(code), "sticky-exit").start());
    Thread reader = new Thread(this::readLink, "sticky-control");
    reader.setDaemon(true);
    reader.start();
    say(
        Verb.HELLO,
        Map.of("token", environment.token(), "pid", Long.toString(ProcessHandle.current().pid())));
    try {
      serve(program);
    } catch (InterruptedException e) {
      exit.complete(1);
    } catch (Exception | LinkageError e) {
      reportFailure(e);
    }
    exit.join();
  }

  /** Runs the program's shutdown hooks, but lets none of them keep the process for good. */
  private static void endProcess(int code) {
    Thread last =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(HOOKS_BOUND.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(code);
            },
            "sticky-halt");
    last.setDaemon(true);
    last.start();
    System.exit(code);
  }

  private void reportFailure(Throwable error) {
    Throwable cause =
        error instanceof ExecutionException && error.getCause() != null ? error.getCause() : error;
    if (options.debug()) {
      log.error("worker {} can't start", environment.index(), cause);
    }
    String reason = cause.toString();
    say(
        Verb.FAILED,
        Map.of("reason", reason.length() > 1000 ? reason.substring(0, 1000) + "…" : reason));
    exit.complete(1);
  }

  private void serve(WorkerProgram program) throws Exception {
    Map<String, String> told = welcome.get();
    WorkerView view =
        new WorkerView(
            environment.index(),
            environment.id(),
            environment.masterPid(),
            startingWith("env.", told),
            messages);
    CompletionStage<? extends Server> starting = program.start(view);
    if (starting == null) {
      throw new IllegalStateException("the worker program returned null instead of a stage");
    }
    Server server = starting.toCompletableFuture().get();
    if (server == null) {
      throw new IllegalStateException("the worker program completed with null, not a server");
    }
    WorkerTransport transport =
        TransportProviders.load().choose(Fields.require(told, "transport")).createWorker();
    Map<String, String> answer = transport.start(server, setup(told)).toCompletableFuture().get();
    CounterReport report = new CounterReport(server, this::say);
    synchronized (draining) {
      serving = new Serving(server, transport, report);
      if (drainAsked) {
        exit.complete(0);
        return;
      }
    }
    say(Verb.READY, answer);
    report.start();
  }

  private Setup setup(Map<String, String> told) throws IOException {
    return new Setup(
        environment.index(),
        environment.id(),
        Fields.require(told, "hand-over-token"),
        Path.of(Fields.require(told, "directory")),
        startingWith("transport.", told));
  }

  /** Returns the fields whose names start like this, without that start. */
  private static Map<String, String> startingWith(String start, Map<String, String> fields) {
    return fields.entrySet().stream()
        .filter(field -> field.getKey().startsWith(start))
        .collect(
            Collectors.toUnmodifiableMap(
                field -> field.getKey().substring(start.length()), Map.Entry::getValue));
  }

  private void readLink() {
    try {
      for (Frame frame = link.receive(); frame != null; frame = link.receive()) {
        Verb verb = Verb.of(options.prefix(), frame.name());
        if (verb == null) {
          messages.deliver(frame);
        } else {
          obey(verb, Fields.decode(frame.payload().length == 0 ? NOTHING : frame.payload()));
        }
      }
      log.warn("worker {}: the master is gone", environment.index());
    } catch (IOException e) {
      log.warn("worker {}: the control link broke: {}", environment.index(), e.toString());
    }
    welcome.completeExceptionally(new IOException("the master is gone"));
    drain(ORPHAN_DRAIN);
  }

  private void obey(Verb verb, Map<String, String> fields) {
    switch (verb) {
      case WELCOME -> welcome.complete(fields);
      case DRAIN -> drain(null);
      case PING -> answerPing();
      default -> log.debug("the master says {}, which a worker does not know", verb);
    }
  }

  private void answerPing() {
    Serving now = serving;
    if (now == null) {
      say(Verb.PONG, Map.of());
    } else {
      probe(now.server())
          .whenComplete(
              (value, error) -> {
                if (error == null) {
                  say(Verb.PONG, Map.of());
                } else {
                  log.warn("worker {} is not well: {}", environment.index(), error.toString());
                }
              });
    }
  }

  /** A probe that throws has failed; the control link must not break by it. */
  private static CompletionStage<?> probe(Server server) {
    try {
      return server.probe();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Takes no new connections, finishes what is in flight, then ends.
   *
   * @param bound how long that may take; null leaves it to the master
   */
  private void drain(@Nullable Duration bound) {
    Serving now;
    synchronized (draining) {
      if (drainAsked && bound == null) {
        return;
      }
      drainAsked = true;
      now = serving;
    }
    if (now == null) {
      exit.complete(0);
      return;
    }
    Thread drainer = new Thread(() -> finish(now, bound), "sticky-drain");
    drainer.setDaemon(true);
    drainer.start();
  }

  private void finish(Serving now, @Nullable Duration bound) {
    try {
      CompletableFuture<?> finished =
          now.transport().drain().thenCompose(value -> now.server().drain()).toCompletableFuture();
      if (bound == null) {
        finished.get();
      } else {
        finished.get(bound.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (TimeoutException e) {
      log.debug("worker {} did not finish within {}", environment.index(), bound);
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      log.warn("worker {} failed to finish: {}", environment.index(), e.toString());
    }
    now.report().stop();
    now.transport().close();
    now.server().close();
    exit.complete(0);
  }

  private void say(Verb verb, Map<String, String> fields) {
    try {
      link.send(Frame.ofMaster(verb.name(options.prefix()), Fields.encode(fields)));
    } catch (IOException e) {
      log.debug("can't tell the master {}: {}", verb, e.toString());
    }
  }
}
