package io.stickycluster.transport.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a {@link NettyServer} listens for the proxy of transport nio: a unix socket with epoll,
 * else a TCP port of the loopback address.
 */
final class ProxyListener {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyListener.class);
  private static final int BACKLOG = 4096;
  private static final int MAX_ACCEPTS_PER_TURN = 32;

  private final ServerRuntime runtime;
  private @Nullable AcceptLoop acceptLoop;
  private @Nullable Channel nioListener;
  private @Nullable UnixDomainSocketAddress path;

  ProxyListener(ServerRuntime runtime) {
    this.runtime = runtime;
  }

  CompletableFuture<SocketAddress> listen(SocketAddress suggested) {
    if (!runtime.isEpoll()) {
      return listenWithNio();
    }
    CompletableFuture<SocketAddress> address = new CompletableFuture<>();
    runtime
        .loops()
        .get(0)
        .execute(
            () -> {
              try {
                address.complete(listenWithEpoll(suggested));
              } catch (IOException | RuntimeException e) {
                address.completeExceptionally(e);
              }
            });
    return address;
  }

  void close() {
    AcceptLoop accepting = acceptLoop;
    if (accepting != null) {
      runtime.loops().get(0).execute(accepting::close);
    }
    if (nioListener != null) {
      nioListener.close();
    }
    if (path != null) {
      try {
        Files.deleteIfExists(path.getPath());
      } catch (IOException e) {
        LOG.debug("deleting {}: {}", path, e.getMessage());
      }
    }
  }

  private SocketAddress listenWithEpoll(SocketAddress suggested) throws IOException {
    boolean unix = suggested instanceof UnixDomainSocketAddress;
    Socket listener =
        suggested instanceof UnixDomainSocketAddress unixAddress
            ? bind(unixAddress)
            : PortListeners.open(loopback(), BACKLOG, false);
    AcceptLoop accepting =
        new AcceptLoop(
            runtime.loops().get(0),
            listener,
            MAX_ACCEPTS_PER_TURN,
            (fd, address) -> runtime.serveProxied(fd, !unix));
    accepting.start();
    acceptLoop = accepting;
    return unix ? suggested : listener.localAddress();
  }

  private Socket bind(UnixDomainSocketAddress address) throws IOException {
    Socket listener = Socket.newSocketDomain();
    try {
      listener.bind(new DomainSocketAddress(address.getPath().toString()));
      path = address;
      listener.listen(BACKLOG);
      return listener;
    } catch (IOException e) {
      Descriptors.close(listener);
      throw new IOException("can't listen on " + address + ": " + e.getMessage(), e);
    }
  }

  private CompletableFuture<SocketAddress> listenWithNio() {
    CompletableFuture<SocketAddress> address = new CompletableFuture<>();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(runtime.group())
            .channelFactory(() -> new ProxiedNioServerChannel(runtime))
            .childHandler(
                new ChannelInitializer<ProxiedNioChannel>() {
                  @Override
                  protected void initChannel(ProxiedNioChannel channel) {
                    runtime.configure(channel);
                    channel.pipeline().addLast(new ProxyHeaderHandler(channel));
                  }
                })
            .bind(loopback());
    nioListener = bound.channel();
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            address.complete(bound.channel().localAddress());
          } else {
            address.completeExceptionally(done.cause());
          }
        });
    return address;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
