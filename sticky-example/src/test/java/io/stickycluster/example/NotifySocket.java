package io.stickycluster.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The service manager's end of NOTIFY_SOCKET: takes down what a service says. */
final class NotifySocket implements AutoCloseable {

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Channel channel;

  NotifySocket(Path path) {
    channel =
        new Bootstrap()
            .group(loops)
            .channel(EpollDomainDatagramChannel.class)
            .handler(
                new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext ctx, DomainDatagramPacket packet) {
                    said.addAll(packet.content().toString(UTF_8).lines().toList());
                  }
                })
            .bind(new DomainSocketAddress(path.toFile()))
            .syncUninterruptibly()
            .channel();
  }

  /** Returns the words that change the state of a service, in their order. */
  List<String> states() {
    return said.stream().filter(List.of("READY=1", "RELOADING=1", "STOPPING=1")::contains).toList();
  }

  /** Returns all that was said, one assignment each. */
  List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
