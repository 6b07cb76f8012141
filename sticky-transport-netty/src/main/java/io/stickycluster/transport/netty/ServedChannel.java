package io.stickycluster.transport.netty;

import io.netty.channel.socket.SocketChannel;

/** A client's connection in a {@link NettyServer}, on whichever road it came. */
interface ServedChannel extends SocketChannel {

  /** Returns the running server that serves it. */
  ServerRuntime server();
}
