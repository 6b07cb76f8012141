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
import java.nio.file.Path;

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
    int loops = Integer.parseInt(args[0]);
    if (args.length > 1) {
      listen(Path.of(args[1]), loops);
      Child.ready(args[1]);
    } else {
      Channel server =
          bootstrap(loops)
              .channel(EpollServerSocketChannel.class)
              .bind("127.0.0.1", 0)
              .sync()
              .channel();
      Child.ready(Integer.toString(((InetSocketAddress) server.localAddress()).getPort()));
    }
    Child.awaitEnd();
    System.exit(0);
  }

  /** Starts a server on a unix socket. */
  static void listen(Path path, int loops) throws InterruptedException {
    bootstrap(loops)
        .channel(EpollServerDomainSocketChannel.class)
        .bind(new DomainSocketAddress(path.toString()))
        .sync();
  }

  private static ServerBootstrap bootstrap(int loops) {
    return new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(loops, EpollIoHandler.newFactory()))
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childHandler(new Pages());
  }
}
