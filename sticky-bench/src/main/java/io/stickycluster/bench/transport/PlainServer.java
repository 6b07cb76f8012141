package io.stickycluster.bench.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;

/**
 * A process with a Netty server and no cluster: on a port, it is the limit of what a cluster can
 * reach; on a unix socket, a worker behind a proxy.
 */
final class PlainServer {

  private static final int BACKLOG = 4096;

  private PlainServer() {}

  /**
   * Runs until standard input ends.
   *
   * @param args the number of event loops, and the unix socket's path if there is one
   */
  public static void main(String[] args) throws Exception {
    var loops =
        new MultiThreadIoEventLoopGroup(Integer.parseInt(args[0]), EpollIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(new Pages());
    if (args.length > 1) {
      bootstrap
          .channel(EpollServerDomainSocketChannel.class)
          .bind(new DomainSocketAddress(args[1]))
          .sync();
      Child.ready(args[1]);
    } else {
      Channel server =
          bootstrap
              .channel(EpollServerSocketChannel.class)
              .bind("127.0.0.1", 0)
              .sync()
              .channel();
      Child.ready(Integer.toString(((InetSocketAddress) server.localAddress()).getPort()));
    }
    Child.awaitEnd();
    System.exit(0);
  }
}
