package io.stickycluster.bench.transport;

import io.netty.channel.IoEventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One thread's share of an order: its clients and what they counted. */
final class LoadLoop {

  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int READ_BYTES = 256 * 1024;
  private static final int MAX_ERRORS = 10_000;

  private final IoEventLoop eventLoop;
  private final Load load;
  private final long endNanos;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
  private final List<LoadClient> clients = new ArrayList<>();
  private final CompletableFuture<Count> counted = new CompletableFuture<>();
  private int running;
  private long requests;
  private long errors;
  private String firstError = "";
  private long lastAnswerNanos;

  LoadLoop(IoEventLoop eventLoop, Load load, long startNanos) {
    this.eventLoop = eventLoop;
    this.load = load;
    endNanos = startNanos + load.time().toNanos();
    lastAnswerNanos = startNanos;
  }

  /** What the clients of one loop counted. */
  record Count(long requests, long errors, String firstError, long lastAnswerNanos) {}

  /** Adds a client that sends these requests in turns, beginning behind this one. */
  void add(List<LoadClient.Request> turns, int first) {
    clients.add(new LoadClient(this, load, turns, first));
  }

  /** Lets all clients start; completes when all are done. */
  CompletableFuture<Count> run() {
    eventLoop.execute(
        () -> {
          running = clients.size();
          var deadline =
              eventLoop.schedule(
                  () -> List.copyOf(clients).forEach(LoadClient::giveUp),
                  endNanos - System.nanoTime() + GRACE_NANOS,
                  TimeUnit.NANOSECONDS);
          var unused = counted.whenComplete((count, failure) -> deadline.cancel(false));
          clients.forEach(LoadClient::open);
          completeIfDone();
        });
    return counted;
  }

  IoEventLoop eventLoop() {
    return eventLoop;
  }

  /** Returns the buffer that all clients of this loop read into. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Notes a whole answer and returns whether there is time for another one. */
  boolean answered() {
    requests++;
    lastAnswerNanos = System.nanoTime();
    return lastAnswerNanos < endNanos;
  }

  /** Notes a request without its answer and returns whether another try makes sense. */
  boolean failed(String why) {
    if (errors++ == 0) {
      firstError = why;
    }
    return errors < MAX_ERRORS && System.nanoTime() < endNanos;
  }

  /** Notes that a client is done. */
  void done() {
    running--;
    completeIfDone();
  }

  private void completeIfDone() {
    if (running == 0) {
      counted.complete(new Count(requests, errors, firstError, lastAnswerNanos));
    }
  }
}
