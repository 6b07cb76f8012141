package io.stickycluster.transport.netty;

import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A client's connection that comes through a proxy where there is no epoll. */
final class ProxiedNioChannel extends NioSocketChannel implements ServedChannel {

  private final ServerRuntime server;
  private volatile @Nullable InetSocketAddress client;
  private volatile @Nullable InetSocketAddress local;

  ProxiedNioChannel(ServerRuntime server, ProxiedNioServerChannel parent, SocketChannel socket) {
    super(parent, socket);
    this.server = server;
    server.connections().opened(this);
  }

  @Override
  public ServerRuntime server() {
    return server;
  }

  @Override
  public void addresses(InetSocketAddress clientAddress, InetSocketAddress localAddress) {
    client = clientAddress;
    local = localAddress;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return client;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected void doClose() throws Exception {
    try {
      super.doClose();
    } finally {
      server.connections().closed(this);
    }
  }
}
