package io.stickycluster.transport.netty;

/** The same server where there is no epoll, such as on macOS. */
class NettyServerWithoutEpollTest extends NettyServerTest {

  @Override
  NettyServer configure(NettyServer configured) {
    return configured.withoutEpoll();
  }
}
