package io.stickycluster.transport.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the connections of one listening socket on one event loop, as bare descriptors. When
 * descriptors run out it rests rather than spins.
 *
 * <p>Used on its event loop only.
 */
final class AcceptLoop implements EpollIoHandle {

  /** Takes what was accepted. */
  interface Sink {

    /**
     * A connection was accepted.
     *
     * @param fd its descriptor, now the sink's
     * @param address the number of bytes that follow; 4 or 16 address bytes (IPv4-mapped IPv6 is
     *     unwrapped), the scope id of IPv6 (4 bytes) and the port (4 bytes); changes with the next
     *     connection
     */
    void accepted(int fd, byte[] address);
  }

  private static final Logger LOG = LoggerFactory.getLogger(AcceptLoop.class);
  private static final int REST_MILLIS = 100;

  private final IoEventLoop loop;
  private final Socket listener;
  private final int maxPerTurn;
  private final Sink sink;
  private final byte[] address = new byte[25];
  private @Nullable IoRegistration registration;
  private final LogInterval logInterval = new LogInterval();

  /**
   * Makes a loop that does not run yet.
   *
   * @param maxPerTurn how many connections to accept before other sockets of the event loop get
   *     their turn
   */
  AcceptLoop(IoEventLoop loop, Socket listener, int maxPerTurn, Sink sink) {
    this.loop = loop;
    this.listener = listener;
    this.maxPerTurn = maxPerTurn;
    this.sink = sink;
    Errno.prepare();
  }

  void start() {
    registration = Loops.register(loop, this, EpollIoOps.EPOLLIN);
  }

  @Override
  public FileDescriptor fd() {
    return listener;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    accept(maxPerTurn);
  }

  /**
   * Accepts until nobody waits in the queue.
   *
   * @param max how many connections to accept at most
   */
  void accept(int max) {
    for (int i = 0; i < max && registration != null; i++) {
      int fd;
      try {
        fd = listener.accept(address);
      } catch (IOException e) {
        // A client may give up before it is accepted; anything else won't pass at once.
        if (Errno.of(e) == Errno.ECONNABORTED) {
          continue;
        }
        rest(e);
        return;
      }
      if (fd < 0) {
        return;
      }
      sink.accepted(fd, address);
    }
  }

  /** Stops accepting; the socket stays open and its queue as it is. */
  void stop() {
    IoRegistration current = registration;
    if (current != null) {
      registration = null;
      current.cancel();
    }
  }

  /** Stops accepting and closes the socket. */
  @Override
  public void close() {
    stop();
    Descriptors.close(listener);
  }

  private void rest(IOException e) {
    if (logInterval.isDue()) {
      LOG.warn(
          "can't accept connections for now ({}); trying again every {} ms{}",
          e.getMessage(),
          REST_MILLIS,
          Errno.isShortage(e) ? "; raise the limit of open files (ulimit -n)" : "");
    }
    IoRegistration resting = registration;
    if (resting == null) {
      return;
    }
    resting.submit(EpollIoOps.EPOLLERR);
    loop.schedule(
        () -> {
          if (resting == registration) {
            resting.submit(EpollIoOps.EPOLLIN);
          }
        },
        REST_MILLIS,
        TimeUnit.MILLISECONDS);
  }
}
