package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;

/** Registers bare descriptors with event loops. */
final class Loops {

  private Loops() {}

  /**
   * Registers a handle from within its event loop.
   *
   * @throws IllegalStateException if epoll refuses the descriptor
   */
  static IoRegistration register(IoEventLoop loop, EpollIoHandle handle, EpollIoOps interest) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("not on the event loop");
    }
    // On the loop itself this is done at once.
    Future<IoRegistration> future = loop.register(handle);
    if (!future.isSuccess()) {
      throw new IllegalStateException("can't watch " + handle.fd(), future.cause());
    }
    IoRegistration registration = future.getNow();
    registration.submit(interest);
    return registration;
  }
}
