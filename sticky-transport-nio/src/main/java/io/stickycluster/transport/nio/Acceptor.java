package io.stickycluster.transport.nio;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections from one listener for one loop. At the limit of descriptors or of connections
 * it rests, so that clients wait in the kernel's queue, and tries again a little later.
 *
 * <p>The socket to the worker is opened before its client is accepted: otherwise accepted clients
 * could use up all descriptors, and none of them would ever reach a worker and end.
 */
final class Acceptor implements Loop.Handler {

  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);
  private static final int BATCH = 64;
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ServerSocketChannel listener;
  private final SelectionKey key;
  private final Counts counts;
  private final Limits limits;
  private final BooleanSupplier sharing;
  private final BiConsumer<SocketChannel, @Nullable SocketChannel> taker;
  private final SocketChannel[] clients = new SocketChannel[BATCH];
  private final @Nullable SocketChannel[] backends = new @Nullable SocketChannel[BATCH];
  private @Nullable SocketChannel spare;
  private boolean resting;
  private boolean logged;
  private long restUntilNanos;
  private long loggedAtNanos;

  /**
   * Makes an acceptor, which holds one socket to a worker in reserve from here on.
   *
   * @param sharing says whether clients share trunks, and so need no socket of their own
   * @param taker takes a client and an unconnected socket to its worker, if it needs one
   * @throws IOException if there is no descriptor left for that
   */
  Acceptor(
      ServerSocketChannel listener,
      SelectionKey key,
      Counts counts,
      Limits limits,
      BooleanSupplier sharing,
      BiConsumer<SocketChannel, @Nullable SocketChannel> taker)
      throws IOException {
    this.listener = listener;
    this.key = key;
    this.counts = counts;
    this.limits = limits;
    this.sharing = sharing;
    this.taker = taker;
    this.spare = Backends.open(true);
  }

  @Override
  public void ready(SelectionKey ready) {
    accept();
  }

  /** Nothing to do: the listener stays. */
  @Override
  public void abort() {}

  /** Takes what the kernel has queued, then closes the listener. */
  void shutdown() {
    key.interestOps(SelectionKey.OP_ACCEPT);
    while (!resting && accept() == BATCH) {
      // There may be more.
    }
    key.cancel();
    Closing.quietly(listener);
    Closing.quietly(spare);
    spare = null;
  }

  /** Takes the socket in reserve, if it is there; the next client is accepted with a new one. */
  @Nullable SocketChannel takeReserve() {
    SocketChannel reserve = spare;
    spare = null;
    return reserve;
  }

  boolean isResting() {
    return resting;
  }

  void tick(long nowNanos) {
    if (resting && nowNanos - restUntilNanos >= 0 && key.isValid()) {
      resting = false;
      key.interestOps(SelectionKey.OP_ACCEPT);
    }
  }

  private int accept() {
    int accepted = 0;
    try {
      while (accepted < BATCH) {
        String reached = limits.reached(counts);
        if (reached != null) {
          rest(reached);
          break;
        }
        SocketChannel backend = spare != null ? spare : Backends.open(true);
        spare = backend;
        SocketChannel client = listener.accept();
        if (client == null) {
          break;
        }
        if (sharing.getAsBoolean()) {
          backend = null;
        } else {
          spare = null;
        }
        counts.accepted.increment();
        counts.open.incrementAndGet();
        backends[accepted] = backend;
        clients[accepted++] = client;
      }
    } catch (ClosedChannelException e) {
      key.cancel();
    } catch (IOException e) {
      // As good as always the limit of descriptors: the connection stays in the kernel's queue.
      rest(String.valueOf(e.getMessage()));
    }
    // Accepting first and serving then gives the clients time to send their first bytes.
    for (int i = 0; i < accepted; i++) {
      taker.accept(clients[i], backends[i]);
    }
    Arrays.fill(clients, 0, accepted, null);
    Arrays.fill(backends, 0, accepted, null);
    return accepted;
  }

  private void rest(String why) {
    long now = System.nanoTime();
    resting = true;
    restUntilNanos = now + REST_NANOS;
    key.interestOps(0);
    if (!logged || now - loggedAtNanos > LOG_EVERY_NANOS) {
      logged = true;
      loggedAtNanos = now;
      log.warn(
          "accepting rests until connections end: {}; raise the limit (ulimit -n, option"
              + " max-connections) if this load is wanted",
          why);
    }
  }
}
