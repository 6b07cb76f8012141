/** Proxies connections to workers with plain NIO, in front of any server. */
@org.jspecify.annotations.NullMarked
module io.stickycluster.transport.nio {
  requires transitive io.stickycluster.core;
  requires jdk.management;
  requires org.slf4j;

  exports io.stickycluster.transport.nio;

  provides io.stickycluster.spi.TransportProvider with
      io.stickycluster.transport.nio.NioTransportProvider;
}
