package io.stickycluster.transport.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: its event loops, and the step that turns a bare descriptor into a channel with
 * the user's pipeline.
 */
final class ServerRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(ServerRuntime.class);

  private final ChannelHandler childHandler;
  private final Map<ChannelOption<?>, Object> childOptions;
  private final MultiThreadIoEventLoopGroup group;
  private final List<IoEventLoop> loops = new ArrayList<>();
  private final OpenConnections connections;
  private final boolean epoll;
  private int nextLoop;

  ServerRuntime(
      ChannelHandler childHandler,
      Map<ChannelOption<?>, Object> childOptions,
      int eventLoops,
      Duration drainGrace,
      boolean epoll) {
    this.childHandler = childHandler;
    this.childOptions = childOptions;
    this.epoll = epoll;
    this.connections = new OpenConnections(drainGrace);
    this.group =
        new MultiThreadIoEventLoopGroup(
            eventLoops,
            new DefaultThreadFactory("sticky-server"),
            epoll
                ? DeferringIoHandler.before(EpollIoHandler.newFactory())
                : NioIoHandler.newFactory());
    for (EventExecutor loop : group) {
      loops.add((IoEventLoop) loop);
    }
  }

  List<IoEventLoop> loops() {
    return loops;
  }

  /** Returns whether its event loops watch bare descriptors, rather than NIO channels. */
  boolean isEpoll() {
    return epoll;
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  OpenConnections connections() {
    return connections;
  }

  /** Serves a TCP connection that the first event loop accepted. */
  void serveAccepted(int fd, byte[] address) {
    InetSocketAddress client = NativeInetAddress.address(address, 1, address[0]);
    onNextLoop(loop -> serve(loop, fd, client, null));
  }

  /** Serves a TCP connection that the master passed to an event loop; called on that loop. */
  void servePassed(IoEventLoop loop, int fd, @Nullable Preface preface) {
    serve(loop, fd, preface == null ? null : preface.client(), preface);
  }

  /** Serves a client's connection that comes over a trunk; called on the trunk's event loop. */
  void serveStream(EventLoop loop, StreamChannel channel) {
    register(loop, channel);
    channel.start();
  }

  CompletableFuture<?> probe() {
    try {
      return CompletableFuture.allOf(
          loops.stream()
              .map(loop -> CompletableFuture.runAsync(() -> {}, loop))
              .toArray(CompletableFuture<?>[]::new));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  CompletableFuture<?> drain() {
    return connections.drain(loops.get(0));
  }

  void close() {
    connections.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private void serve(
      IoEventLoop loop, int fd, @Nullable InetSocketAddress told, @Nullable Preface preface) {
    HandedOverChannel channel = channel(fd, told);
    if (channel == null) {
      return;
    }
    connections.opened(channel);
    register(loop, channel);
    if (preface != null && preface.readAhead().length > 0 && channel.isActive()) {
      channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(preface.readAhead()));
      channel.pipeline().fireChannelReadComplete();
    }
    // A new client has mostly sent its request already. Serving it before the next one is
    // accepted saves a turn, and keeps few connections in hand that would die with this process.
    channel.readNow();
  }

  /** Makes a channel, or closes the descriptor if its client has gone. */
  private @Nullable HandedOverChannel channel(int fd, @Nullable InetSocketAddress told) {
    LinuxSocket socket = LinuxSocket.newSocket(fd);
    InetSocketAddress client = told == null ? socket.remoteAddress() : told;
    if (client == null) {
      Descriptors.close(socket);
      return null;
    }
    return new HandedOverChannel(this, socket, client);
  }

  private void register(EventLoop loop, Channel channel) {
    channel.pipeline().addLast(childHandler);
    childOptions.forEach((option, value) -> set(channel, option, value));
    loop.register(channel);
    HttpDrainHandler.addTo(channel.pipeline());
  }

  private void onNextLoop(LoopTask task) {
    IoEventLoop loop = loops.get(nextLoop);
    nextLoop = (nextLoop + 1) % loops.size();
    if (loop.inEventLoop()) {
      task.run(loop);
    } else {
      loop.execute(() -> task.run(loop));
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(Channel channel, ChannelOption<T> option, Object value) {
    try {
      if (!channel.config().setOption(option, (T) value)) {
        LOG.warn("connections have no option {}", option);
      }
    } catch (RuntimeException e) {
      LOG.warn("can't set option {} to {}: {}", option, value, e.getMessage());
    }
  }

  private interface LoopTask {
    void run(IoEventLoop loop);
  }
}
