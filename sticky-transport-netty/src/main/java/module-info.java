/** Hands listeners and connections to workers by file descriptor, with Netty's epoll transport. */
@org.jspecify.annotations.NullMarked
module io.stickycluster.transport.netty {
  requires transitive io.stickycluster.core;
  requires transitive io.netty.transport;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires org.slf4j;

  exports io.stickycluster.transport.netty;

  provides io.stickycluster.spi.TransportProvider with
      io.stickycluster.transport.netty.NettyTransportProvider;
}
