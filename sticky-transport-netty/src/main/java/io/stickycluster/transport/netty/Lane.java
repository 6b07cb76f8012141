package io.stickycluster.transport.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The master's end of the unix socket to one event loop of one worker. Owns the window: the
 * connections that were sent and not yet acknowledged, in order.
 *
 * <p>Downwards go descriptors, each with the one data byte that the kernel wants, and before it a
 * {@link Preface} if keys are read from the stream. Upwards go acknowledgements of one byte each: n
 * from 1 to 255 says that the worker has the next n connections, 0 that it can't take the next one
 * because it is out of descriptors. Connections are kept open here until acknowledged, so none is
 * lost with a worker.
 *
 * <p>Used on the master's event loop only.
 */
final class Lane implements EpollIoHandle {

  /** Learns what happens on a lane. */
  interface Owner {

    /** The lane may have room for another connection. */
    void room(Lane lane);

    /** The worker couldn't take this connection; the lane rests for a while. */
    void returned(HeldConnection connection);

    /**
     * The lane is no more.
     *
     * @param unacknowledged what was sent but not acknowledged, oldest first, now the owner's
     * @param violation how the worker broke the protocol, or null if it just went away
     */
    void lost(Lane lane, List<HeldConnection> unacknowledged, @Nullable String violation);
  }

  /** How many connections may be unacknowledged; the kernel's buffer takes about twice as many. */
  static final int WINDOW = 128;

  private static final EpollIoOps READ_AND_WRITE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);
  private static final int RETRY_MILLIS = 10;
  private static final int REST_MILLIS = 100;

  private final IoEventLoop loop;
  private final Socket socket;
  private final Owner owner;
  private final TransportStats stats;
  private final ByteBuffer acknowledgements = ByteBuffer.allocateDirect(WINDOW);
  private final ArrayDeque<HeldConnection> window = new ArrayDeque<>();
  private final ByteBuffer frame;
  private @Nullable HeldConnection pending;
  private @Nullable IoRegistration registration;
  private int limit = WINDOW;
  private boolean resting;
  private boolean finishing;

  /**
   * Makes a lane that is not watched yet.
   *
   * @param maxReadAheadBytes how many bytes of a connection can have been read, 0 if none ever are
   */
  Lane(IoEventLoop loop, Socket socket, Owner owner, TransportStats stats, int maxReadAheadBytes) {
    this.loop = loop;
    this.socket = socket;
    this.owner = owner;
    this.stats = stats;
    this.frame =
        ByteBuffer.allocateDirect(
                maxReadAheadBytes == 0
                    ? 0
                    : Preface.LENGTH_BYTES + Preface.maxBytes(maxReadAheadBytes))
            .limit(0);
  }

  void start() {
    registration = Loops.register(loop, this, EpollIoOps.EPOLLIN);
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  /** Returns whether {@link #send} may be called. */
  boolean hasRoom() {
    return registration != null
        && pending == null
        && !resting
        && !finishing
        && window.size() < limit;
  }

  /** Returns how many connections are unacknowledged. */
  int load() {
    return window.size();
  }

  /** Sends a connection, now or when the socket takes it. The lane owns it from here on. */
  void send(HeldConnection connection) {
    stats.unacknowledged.increment();
    pending = connection;
    Preface preface = connection.preface();
    if (preface != null) {
      frame.clear();
      preface.encode(frame);
      frame.flip();
    }
    sendPending();
  }

  /** Sends a descriptor that needs no acknowledgement and stays the caller's. */
  void sendShared(FileDescriptor descriptor) {
    try {
      if (socket.sendFd(descriptor.intValue()) < 0) {
        lose("took no listener");
      }
    } catch (IOException e) {
      lose(null);
    }
  }

  /** Sends no more connections and tells the worker so, once the pending one is sent. */
  void finish() {
    finishing = true;
    if (pending == null && registration != null) {
      try {
        socket.shutdown(false, true);
      } catch (IOException e) {
        lose(null);
      }
    }
  }

  /** Gives the lane up, as if the worker had closed it; what it acknowledged before counts. */
  void end() {
    readAcknowledgements();
    lose(null);
  }

  /** Closes the lane and everything in it. */
  @Override
  public void close() {
    shut().forEach(Descriptors::close);
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    readAcknowledgements();
    if (this.registration != null && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLOUT)) {
      registration.submit(EpollIoOps.EPOLLIN);
      sendPending();
      if (hasRoom()) {
        owner.room(this);
      }
    }
  }

  private void sendPending() {
    HeldConnection connection = pending;
    if (connection == null) {
      return;
    }
    try {
      if (frame.hasRemaining()) {
        int sent = socket.send(frame, frame.position(), frame.limit());
        frame.position(frame.position() + sent);
      }
      if (frame.hasRemaining() || socket.sendFd(connection.intValue()) < 0) {
        awaitWritable();
        return;
      }
    } catch (IOException e) {
      if (Errno.of(e) == Errno.ETOOMANYREFS || Errno.isShortage(e)) {
        // Too many descriptors are under way in the whole system; no event will tell when not.
        loop.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        // The worker has gone. Leave the caller's loop before the connections come back to it.
        loop.execute(this::end);
      }
      return;
    }
    pending = null;
    window.add(connection);
    if (finishing) {
      finish();
    }
  }

  private void retry() {
    sendPending();
    if (hasRoom()) {
      owner.room(this);
    }
  }

  private void awaitWritable() {
    IoRegistration current = registration;
    if (current != null) {
      current.submit(READ_AND_WRITE);
    }
  }

  private void readAcknowledgements() {
    boolean progress = false;
    while (registration != null) {
      int count;
      try {
        count = socket.recv(acknowledgements, 0, acknowledgements.capacity());
      } catch (IOException e) {
        count = -1;
      }
      if (count < 0) {
        lose(null);
        return;
      }
      for (int i = 0; i < count && registration != null; i++) {
        acknowledge(acknowledgements.get(i) & 0xff);
      }
      progress |= count > 0;
      if (count < acknowledgements.capacity()) {
        break;
      }
    }
    if (progress && hasRoom()) {
      owner.room(this);
    }
  }

  private void acknowledge(int count) {
    if (count > window.size() || window.isEmpty()) {
      lose("acknowledged " + count + " connections of " + window.size() + " sent");
      return;
    }
    stats.unacknowledged.add(-Math.max(1, count));
    for (int i = 0; i < count; i++) {
      Descriptors.close(window.remove());
    }
    if (count > 0) {
      limit = WINDOW;
    } else {
      // After a rest one connection tries whether there is a descriptor for it.
      limit = 1;
      resting = true;
      loop.schedule(this::wake, REST_MILLIS, TimeUnit.MILLISECONDS);
      owner.returned(window.remove());
    }
  }

  private void wake() {
    resting = false;
    if (hasRoom()) {
      owner.room(this);
    }
  }

  private void lose(@Nullable String violation) {
    if (registration != null) {
      owner.lost(this, shut(), violation);
    }
  }

  private List<HeldConnection> shut() {
    IoRegistration current = registration;
    registration = null;
    if (current != null) {
      current.cancel();
    }
    Descriptors.close(socket);
    List<HeldConnection> unacknowledged = new ArrayList<>(window);
    window.clear();
    if (pending != null) {
      unacknowledged.add(pending);
      pending = null;
    }
    stats.unacknowledged.add(-unacknowledged.size());
    return unacknowledged;
  }
}
