package io.stickycluster.transport.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a {@link NettyServer} listens for the trunks of transport nio: a unix socket. */
final class TrunkListener {

  private static final Logger LOG = LoggerFactory.getLogger(TrunkListener.class);
  private static final int BACKLOG = 1024;
  private static final int READ_BYTES = 16 * 1024;
  private static final int MAX_READ_BYTES = 256 * 1024;

  private final ServerRuntime runtime;
  private @Nullable Channel listener;
  private @Nullable UnixDomainSocketAddress path;

  TrunkListener(ServerRuntime runtime) {
    this.runtime = runtime;
  }

  CompletableFuture<SocketAddress> listen(SocketAddress suggested) {
    if (!(suggested instanceof UnixDomainSocketAddress unix)) {
      return CompletableFuture.failedFuture(
          new IOException("a NettyServer listens on a unix socket, not on " + suggested));
    }
    path = unix;
    boolean epoll = runtime.isEpoll();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(runtime.group())
            .channel(
                epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(READ_BYTES, READ_BYTES, MAX_READ_BYTES))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel trunk) {
                    trunk.pipeline().addLast(new Trunk(runtime));
                  }
                })
            .bind(epoll ? new DomainSocketAddress(unix.getPath().toString()) : unix);
    listener = bound.channel();
    CompletableFuture<SocketAddress> address = new CompletableFuture<>();
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            address.complete(unix);
          } else {
            address.completeExceptionally(
                new IOException("can't listen on " + unix + ": " + done.cause(), done.cause()));
          }
        });
    return address;
  }

  void close() {
    if (listener != null) {
      listener.close();
    }
    if (path != null) {
      try {
        Files.deleteIfExists(path.getPath());
      } catch (IOException e) {
        LOG.debug("deleting {}: {}", path, e.getMessage());
      }
    }
  }
}
