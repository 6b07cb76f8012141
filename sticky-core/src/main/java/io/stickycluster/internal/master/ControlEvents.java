package io.stickycluster.internal.master;

import io.stickycluster.Server.Counters;
import io.stickycluster.WorkerInfo.State;
import io.stickycluster.internal.control.ControlLink;
import io.stickycluster.internal.control.ControlServer;
import io.stickycluster.internal.control.Fields;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.Verb;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings frames from the control thread to the supervisor's loop and says there what they mean. A
 * link counts for nothing until it has shown a worker's token.
 */
final class ControlEvents implements ControlServer.Listener {

  private static final Logger log = LoggerFactory.getLogger(ControlEvents.class);

  private final Supervisor supervisor;
  private final MasterMessages messages;
  private final String prefix;
  private final Map<String, String> welcome;
  private final OpenConnections openConnections;
  private final Map<ControlLink, WorkerHandle> workers = new HashMap<>();

  /**
   * Makes the events of a supervisor.
   *
   * @param welcome what every worker is told when it is known
   */
  ControlEvents(
      Supervisor supervisor,
      MasterMessages messages,
      OpenConnections openConnections,
      String prefix,
      Map<String, String> welcome) {
    this.supervisor = supervisor;
    this.messages = messages;
    this.openConnections = openConnections;
    this.prefix = prefix;
    this.welcome = welcome;
  }

  @Override
  public void received(ControlLink link, Frame frame) {
    supervisor.loop().execute(() -> handle(link, frame));
  }

  @Override
  public void closed(ControlLink link) {
    supervisor
        .loop()
        .execute(
            () -> {
              WorkerHandle worker = workers.remove(link);
              if (worker != null) {
                supervisor.linkClosed(worker);
              }
            });
  }

  private void handle(ControlLink link, Frame frame) {
    WorkerHandle worker = workers.get(link);
    Verb verb = Verb.of(prefix, frame.name());
    try {
      if (worker == null) {
        introduce(link, verb, frame);
      } else if (verb == null) {
        messages.deliver(worker.index(), frame);
      } else {
        handle(worker, verb, frame);
      }
    } catch (IOException | NumberFormatException e) {
      log.warn("closed a control link that said {} wrongly: {}", frame.name(), e.toString());
      link.close();
    }
  }

  private void introduce(ControlLink link, @Nullable Verb verb, Frame frame) throws IOException {
    WorkerHandle worker = null;
    if (verb == Verb.HELLO) {
      worker = supervisor.findByToken(Fields.require(Fields.decode(frame.payload()), "token"));
    }
    if (worker == null || worker.state() != State.STARTING) {
      log.warn("closed a control link of a stranger, who showed no worker's token");
      link.close();
      return;
    }
    workers.put(link, worker);
    link.assign(worker.index(), worker.seat.id());
    supervisor.connected(worker, link);
    Map<String, String> fields = new HashMap<>(welcome);
    fields.put("hand-over-token", worker.seat.token());
    worker.transportParameters.forEach((name, value) -> fields.put("transport." + name, value));
    worker.userVariables.forEach((name, value) -> fields.put("env." + name, value));
    link.send(Frame.ofMaster(Verb.WELCOME.name(prefix), Fields.encode(fields)));
  }

  private void handle(WorkerHandle worker, Verb verb, Frame frame) throws IOException {
    Map<String, String> fields = Fields.decode(frame.payload());
    switch (verb) {
      case READY -> supervisor.ready(worker, fields);
      case FAILED -> supervisor.failed(worker, Fields.require(fields, "reason"));
      case PONG -> worker.lastSignNanos = supervisor.loop().nanoTime();
      case COUNTERS -> {
        worker.counters =
            new Counters(
                Long.parseLong(Fields.require(fields, "accepted")),
                Long.parseLong(Fields.require(fields, "open")),
                Long.parseLong(Fields.require(fields, "in-flight")));
        openConnections.set(worker.index(), worker.counters.open());
      }
      case LEAVE -> {
        if (worker.isReady() && worker.slot.current == worker) {
          supervisor
              .operations()
              .replace(worker, "replacing worker " + worker.index() + ", which was told to end");
        }
      }
      case HELLO, WELCOME, DRAIN, PING ->
          throw new IOException("a worker can't say " + frame.name());
    }
  }
}
