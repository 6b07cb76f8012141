package io.stickycluster.transport.netty;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives connections on a lane, acknowledges them and gives them to the server.
 *
 * <p>A connection is acknowledged before anything is read from it or written to it, because until
 * then the master may give it to this worker's successor. Batches are small: what is acknowledged
 * but not served dies with this process.
 */
final class ConnectionReceiver implements LaneLink.Receiver {

  /** Takes a connection on the lane's event loop. */
  interface Sink {
    void take(int fd, @Nullable Preface preface);
  }

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionReceiver.class);
  private static final int BATCH = 4;
  private static final int MAX_BATCHES_PER_TURN = 16;
  private static final byte NOT_TAKEN = 0;

  private final Sink sink;
  private final int maxFrameBytes;
  private final ByteBuffer frame;
  private final ByteBuffer answer = ByteBuffer.allocateDirect(1);
  private final int[] descriptors = new int[BATCH];
  private final @Nullable Preface[] prefaces = new @Nullable Preface[BATCH];
  private final LogInterval logInterval = new LogInterval();
  private int count;
  private boolean notTaken;
  private boolean readingLength;
  private @Nullable Preface next;

  /**
   * Makes a receiver.
   *
   * @param maxReadAheadBytes the most bytes that can come with a connection, 0 if there is no
   *     {@link Preface}
   */
  ConnectionReceiver(Sink sink, int maxReadAheadBytes) {
    this.sink = sink;
    this.maxFrameBytes = maxReadAheadBytes == 0 ? 0 : Preface.maxBytes(maxReadAheadBytes);
    this.frame = ByteBuffer.allocateDirect(maxFrameBytes);
    expectLength();
    Errno.prepare();
  }

  @Override
  public void welcomed(LaneLink link) {
    link.markReady();
  }

  @Override
  public boolean receive(LaneLink link, Socket socket) throws IOException {
    for (int i = 0; i < MAX_BATCHES_PER_TURN; i++) {
      boolean open = fill(socket);
      boolean full = count == BATCH;
      boolean told = acknowledgeAndServe(socket);
      link.awaitWritable(!told);
      if (!told) {
        return true;
      }
      if (!open || !full) {
        return open;
      }
    }
    return true;
  }

  @Override
  public void ended() {
    // Not acknowledged, so the master gives them to the successor.
    for (int i = 0; i < count; i++) {
      Descriptors.close(new FileDescriptor(descriptors[i]));
    }
    count = 0;
  }

  /** Receives up to a batch; returns whether the lane is still open. */
  private boolean fill(Socket socket) throws IOException {
    while (count < BATCH && !notTaken) {
      if (maxFrameBytes > 0 && next == null) {
        int state = readPreface(socket);
        if (state <= 0) {
          return state == 0;
        }
      }
      int fd;
      try {
        fd = socket.recvFd();
      } catch (IOException e) {
        if (Errno.of(e) != Errno.EMSGSIZE) {
          throw e;
        }
        // The kernel had no descriptor left for it; the master still has the connection.
        if (logInterval.isDue()) {
          LOG.warn("can't take connections for now; raise the limit of open files (ulimit -n)");
        }
        notTaken = true;
        next = null;
        return true;
      }
      if (fd <= 0) {
        return fd == 0;
      }
      descriptors[count] = fd;
      prefaces[count++] = next;
      next = null;
    }
    return true;
  }

  /** Reads towards a whole preface: 1 if it is there, 0 if bytes are missing, -1 at the end. */
  private int readPreface(Socket socket) throws IOException {
    while (true) {
      int received = socket.recv(frame, frame.position(), frame.limit());
      if (received <= 0) {
        return received;
      }
      frame.position(frame.position() + received);
      if (frame.hasRemaining()) {
        continue;
      }
      frame.flip();
      if (readingLength) {
        expectBody(frame.getInt());
        continue;
      }
      try {
        next = Preface.decode(frame);
      } catch (IllegalArgumentException e) {
        throw new IOException("the master sent nonsense: " + e.getMessage(), e);
      }
      expectLength();
      return 1;
    }
  }

  private void expectLength() {
    readingLength = true;
    if (maxFrameBytes > 0) {
      frame.clear().limit(Preface.LENGTH_BYTES);
    }
  }

  private void expectBody(int length) throws IOException {
    if (length <= 0 || length > maxFrameBytes) {
      throw new IOException("the master sent nonsense: a preface of " + length + " bytes");
    }
    readingLength = false;
    frame.clear().limit(length);
  }

  /** Tells the master what arrived, and serves it; returns whether all could be told. */
  private boolean acknowledgeAndServe(Socket socket) throws IOException {
    if (count > 0) {
      if (!answer(socket, (byte) count)) {
        return false;
      }
      serve();
    }
    if (notTaken) {
      if (!answer(socket, NOT_TAKEN)) {
        return false;
      }
      notTaken = false;
    }
    return true;
  }

  private boolean answer(Socket socket, byte value) throws IOException {
    answer.put(0, value);
    return socket.send(answer, 0, 1) == 1;
  }

  private void serve() {
    int taken = count;
    count = 0;
    for (int i = 0; i < taken; i++) {
      Preface preface = prefaces[i];
      prefaces[i] = null;
      sink.take(descriptors[i], preface);
    }
  }
}
