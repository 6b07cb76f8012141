package io.stickycluster.transport.netty;

import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** A client's connection in a {@link NettyServer}, on whichever road it came. */
interface ServedChannel extends SocketChannel {

  /** Returns the running server that serves it. */
  ServerRuntime server();

  /** Sets the addresses that a proxy told; to be called before anyone asks for an address. */
  void addresses(InetSocketAddress client, InetSocketAddress local);
}
