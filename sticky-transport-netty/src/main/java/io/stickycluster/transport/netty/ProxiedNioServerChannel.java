package io.stickycluster.transport.netty;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Accepts the connections of a proxy where there is no epoll. */
final class ProxiedNioServerChannel extends NioServerSocketChannel {

  private final ServerRuntime server;

  ProxiedNioServerChannel(ServerRuntime server) {
    this.server = server;
  }

  @Override
  protected int doReadMessages(List<Object> messages) throws Exception {
    SocketChannel accepted = javaChannel().accept();
    if (accepted == null) {
      return 0;
    }
    messages.add(new ProxiedNioChannel(server, this, accepted));
    return 1;
  }
}
