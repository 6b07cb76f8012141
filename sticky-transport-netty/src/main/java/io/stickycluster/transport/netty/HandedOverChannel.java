package io.stickycluster.transport.netty;

import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection as a Netty channel made of a bare descriptor, from a listener or from the
 * master.
 *
 * <p>It does with fewer system calls than {@code EpollSocketChannel}: the local address is asked
 * for when somebody wants it, interest in reading is registered at once, and TCP_NODELAY is
 * inherited from the listener.
 */
final class HandedOverChannel extends AbstractEpollStreamChannel implements ServedChannel {

  private static final EpollIoEvent READABLE = () -> EpollIoOps.EPOLLIN;

  private final ServerRuntime server;
  private final HandedOverConfig config;
  private final InetSocketAddress client;
  private volatile @Nullable InetSocketAddress local;

  HandedOverChannel(ServerRuntime server, LinuxSocket socket, InetSocketAddress client) {
    super(socket, false);
    this.server = server;
    this.client = client;
    config = new HandedOverConfig(this);
    active = true;
    try {
      // Registered together with the descriptor; switching auto-read off takes it back.
      setFlag(EpollIoOps.EPOLLIN.value());
    } catch (IOException e) {
      throw new IllegalStateException("only a registered channel makes a system call here", e);
    }
  }

  /** Reads what has come already, without waiting for the event loop's next turn. */
  void readNow() {
    if (isActive() && isRegistered() && config.isAutoRead()) {
      ((EpollIoHandle) unsafe()).handle(registration(), READABLE);
    }
  }

  @Override
  public ServerRuntime server() {
    return server;
  }

  @Override
  public HandedOverConfig config() {
    return config;
  }

  @Override
  public @Nullable ServerSocketChannel parent() {
    return null;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return (InetSocketAddress) super.remoteAddress();
  }

  @Override
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) super.localAddress();
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return client;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    if (local == null) {
      local = socket.localAddress();
    }
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
