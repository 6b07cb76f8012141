package io.stickycluster.transport.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's end of a lane: connects, proves itself, and lets a receiver read what the master
 * sends.
 *
 * <p>Used on the event loop that serves what comes over it, except for the two futures.
 */
final class LaneLink implements EpollIoHandle {

  /** Reads what the master sends. */
  interface Receiver {

    /** The master has let this worker in. */
    default void welcomed(LaneLink link) {}

    /**
     * Something may have come, or there may be room to answer.
     *
     * @return whether more may come; false at the lane's end
     * @throws IOException if the lane is broken
     */
    boolean receive(LaneLink link, Socket socket) throws IOException;

    /** The lane has ended. */
    default void ended() {}
  }

  private static final Logger LOG = LoggerFactory.getLogger(LaneLink.class);
  private static final EpollIoOps READ_AND_WRITE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

  private final IoEventLoop loop;
  private final Receiver receiver;
  private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private @Nullable Socket socket;
  private @Nullable IoRegistration registration;
  private boolean welcome;
  private boolean writing;

  LaneLink(IoEventLoop loop, Receiver receiver) {
    this.loop = loop;
    this.receiver = receiver;
  }

  /** Completes when the worker can take connections, see {@link #markReady}. */
  CompletableFuture<@Nullable Void> ready() {
    return ready;
  }

  /** Completes when nothing more will come. */
  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }

  IoEventLoop loop() {
    return loop;
  }

  /** Says that the worker can take connections. */
  void markReady() {
    ready.complete(null);
  }

  void connect(String path, Hello hello) {
    try {
      Socket connecting = Socket.newSocketDomain();
      socket = connecting;
      connecting.connect(new DomainSocketAddress(path));
      ByteBuffer bytes = ByteBuffer.allocateDirect(Hello.MAX_BYTES);
      hello.encode(bytes);
      connecting.send(bytes, 0, bytes.position());
      registration = Loops.register(loop, this, EpollIoOps.EPOLLIN);
    } catch (IOException | RuntimeException e) {
      end(new IOException("can't reach the master at " + path + ": " + e.getMessage(), e));
    }
  }

  @Override
  public FileDescriptor fd() {
    if (socket == null) {
      throw new IllegalStateException("not connected");
    }
    return socket;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    Socket open = socket;
    if (open == null || this.registration == null) {
      return;
    }
    try {
      if (!welcome) {
        awaitWelcome(open);
      } else if (!receiver.receive(this, open)) {
        end(null);
      }
    } catch (IOException e) {
      end(e);
    }
  }

  /** Asks to be called when the socket takes bytes again, or no more. */
  void awaitWritable(boolean wanted) {
    IoRegistration current = registration;
    if (current != null && wanted != writing) {
      writing = wanted;
      current.submit(wanted ? READ_AND_WRITE : EpollIoOps.EPOLLIN);
    }
  }

  @Override
  public void close() {
    end(null);
  }

  private void awaitWelcome(Socket open) throws IOException {
    ByteBuffer answer = ByteBuffer.allocateDirect(1);
    int count = open.recv(answer, 0, 1);
    if (count < 0 || (count == 1 && answer.get(0) != Hello.WELCOME)) {
      throw new IOException("the master did not let this worker in");
    }
    if (count == 1) {
      welcome = true;
      receiver.welcomed(this);
    }
  }

  private void end(@Nullable IOException cause) {
    IoRegistration current = registration;
    registration = null;
    if (current != null) {
      current.cancel();
    }
    if (socket != null) {
      Descriptors.close(socket);
    }
    if (ended.isDone()) {
      return;
    }
    receiver.ended();
    if (cause != null && ready.isDone()) {
      LOG.warn("the lane to the master broke: {}", cause.getMessage());
    }
    ready.completeExceptionally(
        cause != null ? cause : new IOException("the master closed the hand-over socket"));
    ended.complete(null);
  }
}
