package io.stickycluster.transport.netty;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives this worker's listener on a lane and accepts its connections. */
final class ListenerReceiver implements LaneLink.Receiver {

  private static final Logger LOG = LoggerFactory.getLogger(ListenerReceiver.class);
  private static final int MAX_ACCEPTS_PER_TURN = 32;
  private static final int MAX_QUEUE = 65_536;

  private final AcceptLoop.Sink sink;
  private @Nullable AcceptLoop acceptLoop;

  ListenerReceiver(AcceptLoop.Sink sink) {
    this.sink = sink;
  }

  @Override
  public boolean receive(LaneLink link, Socket socket) throws IOException {
    int fd = socket.recvFd();
    if (fd <= 0) {
      return fd == 0;
    }
    if (acceptLoop != null) {
      LOG.warn("the master handed a second listener over; closed it");
      Descriptors.close(new FileDescriptor(fd));
      return true;
    }
    acceptLoop = new AcceptLoop(link.loop(), new Socket(fd), MAX_ACCEPTS_PER_TURN, sink);
    acceptLoop.start();
    link.markReady();
    return true;
  }

  /** Accepts whom the kernel has queued, and no more. */
  void drain() {
    if (acceptLoop != null) {
      acceptLoop.accept(MAX_QUEUE);
      close();
    }
  }

  /** Accepts no more. */
  void close() {
    if (acceptLoop != null) {
      acceptLoop.close();
    }
  }
}
