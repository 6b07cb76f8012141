package io.stickycluster.transport.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.SocketChannel;
import io.stickycluster.ListeningServer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A worker's server made of a Netty pipeline. It runs unchanged on every road: its connections come
 * from a listener or as descriptors (transport netty), or through a proxy (transport nio).
 *
 * <p>Channels are {@link SocketChannel}s whose remote address is the client's, so write {@code
 * ChannelInitializer<SocketChannel>}. Options of TCP have no effect where a proxy ends the client's
 * TCP connection. TCP_NODELAY is on unless a child option says otherwise.
 *
 * <p>HTTP connections drain politely, see {@link HttpDrainHandler}. Safe for use by several threads
 * once a cluster has it; the methods that configure it come before that.
 */
public final class NettyServer implements ListeningServer {

  private static final Duration DEFAULT_DRAIN_GRACE = Duration.ofSeconds(5);

  private final ChannelHandler childHandler;
  private final Map<ChannelOption<?>, Object> childOptions = new LinkedHashMap<>();
  private int eventLoops = 1;
  private Duration drainGrace = DEFAULT_DRAIN_GRACE;
  private @Nullable ServerRuntime runtime;
  private @Nullable TrunkListener trunkListener;
  private Runnable onDrain = () -> {};
  private boolean drainTold;
  private boolean epoll = Epoll.isAvailable();
  private volatile boolean cutOff;

  private NettyServer(ChannelHandler childHandler) {
    this.childHandler = childHandler;
  }

  /**
   * Makes a server.
   *
   * @param childHandler what is added to the pipeline of every connection, mostly a {@link
   *     io.netty.channel.ChannelInitializer}; must be sharable
   */
  public static NettyServer of(ChannelHandler childHandler) {
    return new NettyServer(childHandler);
  }

  /**
   * Sets the number of event loops, each a thread; 1 by default, as a cluster has a worker for each
   * processor.
   *
   * @return this server
   * @throws IllegalArgumentException if the number is not from 1 to 1024
   */
  public synchronized NettyServer eventLoops(int count) {
    if (count < 1 || count > 1024) {
      throw new IllegalArgumentException("event loops must be 1 to 1024, not " + count);
    }
    requireNotStarted();
    eventLoops = count;
    return this;
  }

  /**
   * Sets an option of every connection.
   *
   * @return this server
   */
  public synchronized <T> NettyServer childOption(ChannelOption<T> option, T value) {
    requireNotStarted();
    childOptions.put(option, value);
    return this;
  }

  /**
   * Sets how long an HTTP connection may be idle while the server drains, before it is closed; 5 s
   * by default.
   *
   * @return this server
   * @throws IllegalArgumentException if the time is negative
   */
  public synchronized NettyServer drainGrace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the drain grace must not be negative: " + grace);
    }
    requireNotStarted();
    drainGrace = grace;
    return this;
  }

  /**
   * Sets what is run once when the server begins to drain, to say goodbye on connections that don't
   * end by themselves, such as WebSockets. It must not block. Nothing by default.
   *
   * @return this server
   */
  public synchronized NettyServer onDrain(Runnable action) {
    requireNotStarted();
    onDrain = action;
    return this;
  }

  @Override
  public synchronized CompletionStage<SocketAddress> listen(SocketAddress suggested) {
    if (trunkListener != null) {
      return CompletableFuture.failedFuture(new IllegalStateException("already listening"));
    }
    trunkListener = new TrunkListener(start());
    return trunkListener.listen(suggested);
  }

  /** Returns false: trunks tell the clients' addresses. */
  @Override
  public boolean expectsProxyProtocol() {
    return false;
  }

  /** Returns one for each event loop. */
  @Override
  public synchronized int trunks() {
    return eventLoops;
  }

  @Override
  public CompletionStage<?> drain() {
    CompletionStage<?> drained = start().drain();
    if (takeDrainTold()) {
      onDrain.run();
    }
    return drained;
  }

  @Override
  public synchronized void close() {
    if (trunkListener != null) {
      trunkListener.close();
    }
    if (runtime != null) {
      runtime.close();
    }
  }

  @Override
  public Counters counters() {
    return start().connections().counters();
  }

  /** Completes once every event loop has turned; fails if no connection can reach this server. */
  @Override
  public CompletionStage<?> probe() {
    return cutOff
        ? CompletableFuture.failedFuture(
            new IllegalStateException("the hand-over socket to the master is closed"))
        : start().probe();
  }

  /** Does without epoll, as where there is none. */
  synchronized NettyServer withoutEpoll() {
    requireNotStarted();
    epoll = false;
    return this;
  }

  /** Starts the event loops, once. */
  synchronized ServerRuntime start() {
    if (runtime == null) {
      runtime =
          new ServerRuntime(childHandler, Map.copyOf(childOptions), eventLoops, drainGrace, epoll);
    }
    return runtime;
  }

  /** Notes that no connection can come from the master any more. */
  void cutOff() {
    cutOff = true;
  }

  private synchronized boolean takeDrainTold() {
    boolean first = !drainTold;
    drainTold = true;
    return first;
  }

  private void requireNotStarted() {
    if (runtime != null) {
      throw new IllegalStateException("the server has started already");
    }
  }
}
