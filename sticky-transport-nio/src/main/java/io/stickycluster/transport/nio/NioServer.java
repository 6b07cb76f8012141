package io.stickycluster.transport.nio;

import io.stickycluster.ListeningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server for programs that speak their own protocol in blocking style: one handler per
 * connection, each on a virtual thread where the JDK has them (21 and later), else on a pool of
 * bounded size. Safe for use by several threads.
 */
public final class NioServer implements ListeningServer {

  /** Serves one connection. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Serves a connection until it ends; the server closes it afterwards.
     *
     * @throws Exception closes the connection and is logged
     */
    void handle(NioConnection connection) throws Exception;
  }

  /** How many connections are served at once if the JDK has no virtual threads. */
  public static final int DEFAULT_MAX_THREADS = 256;

  private static final Logger log = LoggerFactory.getLogger(NioServer.class);
  private static final int BACKLOG = 1024;
  private static final long HEADER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Handler handler;
  private final HandlerThreads threads;
  private final Set<NioConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile @Nullable Selector selector;
  private volatile boolean draining;
  private volatile boolean accepting;

  private NioServer(Handler handler, int maxThreads) {
    this.handler = handler;
    this.threads = new HandlerThreads(maxThreads);
  }

  /** Makes a server with {@value #DEFAULT_MAX_THREADS} threads at most where threads are pooled. */
  public static NioServer of(Handler handler) {
    return new NioServer(handler, DEFAULT_MAX_THREADS);
  }

  /**
   * Makes a server.
   *
   * @param maxThreads how many connections are served at once if the JDK has no virtual threads, at
   *     least 1; more wait
   * @throws IllegalArgumentException if {@code maxThreads} is below 1
   */
  public static NioServer of(Handler handler, int maxThreads) {
    if (maxThreads < 1) {
      throw new IllegalArgumentException("maxThreads is " + maxThreads + ", must be at least 1");
    }
    return new NioServer(handler, maxThreads);
  }

  @Override
  public boolean expectsProxyProtocol() {
    return true;
  }

  @Override
  public CompletionStage<SocketAddress> listen(SocketAddress suggested) {
    try {
      ServerSocketChannel listener;
      if (suggested instanceof UnixDomainSocketAddress) {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(suggested, BACKLOG);
      } else {
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
      }
      listener.configureBlocking(false);
      Selector acceptSelector = Selector.open();
      listener.register(acceptSelector, SelectionKey.OP_ACCEPT);
      accepting = true;
      selector = acceptSelector;
      Thread thread = new Thread(() -> accept(listener, acceptSelector), "sticky-nio-accept");
      thread.start();
      return CompletableFuture.completedFuture(listener.getLocalAddress());
    } catch (IOException | UnsupportedOperationException e) {
      return CompletableFuture.failedFuture(
          new IOException("can't listen on " + suggested + ": " + e.getMessage(), e));
    }
  }

  private void accept(ServerSocketChannel listener, Selector acceptSelector) {
    try (listener;
        acceptSelector) {
      while (!draining) {
        acceptSelector.select(TimeUnit.NANOSECONDS.toMillis(HEADER_NANOS) / 2);
        acceptSelector.selectedKeys().clear();
        acceptAll(listener);
        closeUnknown();
      }
      acceptAll(listener);
    } catch (IOException e) {
      log.error("accepting ends: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      accepting = false;
      checkDrained();
    }
  }

  private void acceptAll(ServerSocketChannel listener) throws IOException, InterruptedException {
    while (true) {
      threads.await();
      SocketChannel channel;
      try {
        channel = listener.accept();
      } catch (IOException e) {
        threads.release();
        // The limit of descriptors: what waits in the queue is taken when others have ended.
        log.warn("can't accept: {}; raise the limit of descriptors (ulimit -n)", e.getMessage());
        TimeUnit.MILLISECONDS.sleep(20);
        return;
      }
      if (channel == null) {
        threads.release();
        return;
      }
      accepted.incrementAndGet();
      NioConnection connection = new NioConnection(channel);
      open.add(connection);
      if (draining) {
        connection.drain();
      }
      threads.run(() -> serve(connection));
    }
  }

  private void serve(NioConnection connection) {
    try {
      InetSocketAddress client = readHeader(connection.channel());
      if (client != null) {
        connection.knownAs(client);
        handler.handle(connection);
      }
    } catch (IOException e) {
      log.debug("connection of {} broke: {}", connection.client(), e.toString());
    } catch (Exception e) {
      log.error("the handler failed on the connection of {}", connection.client(), e);
    } finally {
      Closing.quietly(connection.channel());
      open.remove(connection);
      checkDrained();
    }
  }

  /** Returns the client's address, or null if there is no connection worth serving. */
  private static @Nullable InetSocketAddress readHeader(SocketChannel channel) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(ProxyHeaderDecoder.MAX_BYTES);
    header.limit(ProxyHeaderDecoder.FIXED_BYTES);
    while (true) {
      // Never more than the header, so that the handler finds all the rest in the channel.
      if (header.hasRemaining() && channel.read(header) < 0) {
        return null;
      }
      ByteBuffer soFar = header.duplicate().flip();
      ProxyHeaderDecoder.Result result = ProxyHeaderDecoder.decode(soFar);
      if (result instanceof ProxyHeaderDecoder.Header h) {
        return h.source() != null ? h.source() : new InetSocketAddress(0);
      }
      if (result instanceof ProxyHeaderDecoder.Malformed malformed) {
        log.warn("connection closed: {}", malformed.reason());
        return null;
      }
      if (result instanceof ProxyHeaderDecoder.Incomplete incomplete) {
        header.limit(incomplete.bytes());
      }
    }
  }

  private void closeUnknown() {
    for (NioConnection connection : open) {
      if (connection.isUnknownSince(HEADER_NANOS)) {
        Closing.quietly(connection.channel());
      }
    }
  }

  @Override
  public CompletionStage<?> drain() {
    draining = true;
    Selector acceptSelector = selector;
    if (acceptSelector != null) {
      acceptSelector.wakeup();
    }
    open.forEach(NioConnection::drain);
    checkDrained();
    return drained;
  }

  private void checkDrained() {
    if (draining && !accepting && open.isEmpty()) {
      threads.shutdown();
      drained.complete(null);
    }
  }

  @Override
  public void close() {
    var unused = drain();
    open.forEach(connection -> Closing.quietly(connection.channel()));
  }

  /** Counts as in flight what does not wait for a request. */
  @Override
  public Counters counters() {
    long idle = open.stream().filter(NioConnection::isWaiting).count();
    int all = open.size();
    return new Counters(accepted.get(), all, Math.max(0, all - idle));
  }
}
