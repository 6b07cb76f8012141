package io.stickycluster.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.stickycluster.Server.Counters;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The open connections of one server: counts them and drains them. Safe for several threads. */
final class OpenConnections {

  private static final long MIN_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Duration grace;
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;
  private volatile boolean over;

  /**
   * Makes an empty set.
   *
   * @param grace how long an HTTP connection may be idle while draining
   */
  OpenConnections(Duration grace) {
    this.grace = grace;
  }

  synchronized void opened(Channel channel) {
    accepted.increment();
    open.add(channel);
  }

  void closed(Channel channel) {
    open.remove(channel);
    completeIfDrained();
  }

  /** Counts requests that began, or ended if negative. */
  void requests(int change) {
    inFlight.add(change);
  }

  boolean isDraining() {
    return draining;
  }

  /** Returns whether this server has begun to drain and no connection was left. */
  boolean isDrained() {
    return over;
  }

  Counters counters() {
    return new Counters(accepted.sum(), open.size(), inFlight.sum());
  }

  /** Completes when no connection is left; the timer closes HTTP connections that are idle. */
  CompletableFuture<@Nullable Void> drain(EventLoop timer) {
    if (!draining) {
      draining = true;
      timer.schedule(() -> sweep(timer), grace.toNanos(), TimeUnit.NANOSECONDS);
      completeIfDrained();
    }
    return drained;
  }

  /** Closes all; those not served yet end with the trunk or lane that brought them. */
  void close() {
    open.stream().filter(Channel::isRegistered).forEach(Channel::close);
    drained.complete(null);
  }

  private void sweep(EventLoop timer) {
    if (drained.isDone()) {
      return;
    }
    long since = System.nanoTime() - grace.toNanos();
    for (Channel channel : open) {
      if (channel.isRegistered()) {
        channel.eventLoop().execute(() -> closeIfIdle(channel, since));
      }
    }
    timer.schedule(
        () -> sweep(timer), Math.max(MIN_SWEEP_NANOS, grace.toNanos() / 4), TimeUnit.NANOSECONDS);
  }

  private static void closeIfIdle(Channel channel, long since) {
    HttpDrainHandler http = channel.pipeline().get(HttpDrainHandler.class);
    if (http != null && http.isIdleSince(since)) {
      channel.close();
    }
  }

  private void completeIfDrained() {
    if (!draining) {
      return;
    }
    synchronized (this) {
      if (!open.isEmpty()) {
        return;
      }
      over = true;
    }
    drained.complete(null);
  }
}
