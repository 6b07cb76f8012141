package io.stickycluster.transport.nio;

import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection whose bytes go over a {@link Trunk}. Reads the client only while the worker
 * takes more of it, and holds what the client doesn't read: never more than the worker was allowed
 * to send. Passes on the end of each direction by itself.
 *
 * <p>A client is not registered with the selector before the worker's answer or a moment of rest:
 * many a connection is over by then.
 */
final class ClientStream extends Connection {

  private static final Logger log = LoggerFactory.getLogger(ClientStream.class);

  /** How far the window of a stream grows whose client keeps up. */
  private static final int MAX_WINDOW_BYTES = 256 * 1024;

  private final Loop loop;
  private final Trunk trunk;
  private final SocketChannel client;
  private final int id;
  private @Nullable SelectionKey key;
  private @Nullable Arrival arrival;
  private @Nullable ByteBuffer first;
  private @Nullable ByteBuffer held;
  private int creditBytes = TrunkFrame.WINDOW_BYTES;
  private int windowBytes = TrunkFrame.WINDOW_BYTES;
  private int allowedBytes = TrunkFrame.WINDOW_BYTES;
  private int passedBytes;
  private boolean endsWithFirst;
  private boolean clientEnded;
  private boolean workerEnded;
  private boolean workerClosed;
  private boolean awaitingRoom;
  private boolean answered;
  private boolean noDelay;
  private boolean closed;

  /**
   * Opens a stream.
   *
   * @param arrival the connection so far, which goes on if the trunk breaks before the worker has
   *     taken the stream
   */
  ClientStream(
      Loop loop, Trunk trunk, SocketChannel client, @Nullable SelectionKey key, Arrival arrival)
      throws IOException {
    this.loop = loop;
    this.trunk = trunk;
    this.client = client;
    this.key = key;
    this.arrival = arrival;
    this.id = trunk.open(this, arrival.address(), arrival.localAddress());
    active(loop.nowSeconds());
    loop.add(this);
    if (key != null) {
      key.attach(this);
      key.interestOps(0);
    }
  }

  /**
   * Sends the first bytes.
   *
   * @param bytes what the client has sent so far
   * @param ended whether the client will send no more
   */
  void begin(byte[] bytes, boolean ended) {
    first = ByteBuffer.wrap(bytes);
    endsWithFirst = ended;
    sendFirst();
  }

  /** Sends of the first bytes what the worker takes; they may be more than a window. */
  private void sendFirst() {
    ByteBuffer rest = first;
    if (rest == null) {
      return;
    }
    int count = Math.min(rest.remaining(), creditBytes);
    if (count > 0) {
      trunk.send(id, rest.slice(rest.position(), count));
      rest.position(rest.position() + count);
      creditBytes -= count;
    }
    if (!rest.hasRemaining()) {
      first = null;
      if (endsWithFirst) {
        clientEnds();
      }
    }
  }

  int id() {
    return id;
  }

  /** Returns whether the worker may have acted on it. */
  boolean isTaken() {
    return arrival == null;
  }

  @Override
  boolean isWorkerDone() {
    return workerEnded || workerClosed;
  }

  @Override
  void settle() {
    if (!closed && key == null) {
      updateInterest();
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    active(loop.nowSeconds());
    if (ready.isWritable()) {
      flushToClient();
    }
    if (!closed && ready.isReadable()) {
      readClient();
    }
    if (!closed) {
      updateInterest();
    }
  }

  /** Breaks both sides. */
  @Override
  public void abort() {
    if (!closed) {
      Closing.resetOnClose(client);
      close();
    }
  }

  @Override
  void close() {
    if (!closed) {
      trunk.forget(this, !workerClosed);
      leave();
      loop.release(client, key);
    }
  }

  private void leave() {
    closed = true;
    loop.remove(this);
    loop.buffers().ungrow(windowBytes - TrunkFrame.WINDOW_BYTES);
    if (held != null) {
      loop.buffers().release(held);
      held = null;
    }
  }

  // Client to worker.

  private void readClient() {
    if (creditBytes <= 0 || first != null || clientEnded || workerClosed) {
      return;
    }
    int count;
    try {
      count = trunk.sendFrom(client, id, creditBytes);
    } catch (IOException e) {
      close();
      return;
    }
    if (count < 0) {
      clientEnds();
    } else if (count > 0) {
      creditBytes -= count;
    } else if (!trunk.hasRoom() && !awaitingRoom) {
      awaitingRoom = true;
      trunk.awaitRoom(this);
    }
  }

  private void clientEnds() {
    clientEnded = true;
    trunk.send(id, TrunkFrame.END, 0);
    if (workerEnded && held == null) {
      close();
    }
  }

  /** The trunk can take more of the client again. */
  void roomAgain() {
    awaitingRoom = false;
    if (!closed) {
      updateInterest();
    }
  }

  /** The worker takes more of the client; returns false if it can't be that much. */
  boolean credit(int bytes) {
    if (bytes > Integer.MAX_VALUE - creditBytes) {
      return false;
    }
    boolean starved = creditBytes <= 0;
    creditBytes += bytes;
    sendFirst();
    if (starved && key != null && !closed) {
      updateInterest();
    }
    return true;
  }

  // Worker to client.

  /** The worker has the stream: from here on it is lost if the worker dies. */
  void taken() {
    arrival = null;
    if (closed) {
      return;
    }
    if (key == null) {
      loop.settleSoon(this);
    } else {
      updateInterest();
    }
  }

  /** The worker is about to send so many bytes; returns false if it may not. */
  boolean expect(int bytes) {
    allowedBytes -= bytes;
    return isTaken() && !workerEnded && allowedBytes >= 0;
  }

  /** Passes bytes on to the client, or holds them. */
  void received(ByteBuffer bytes) {
    if (closed) {
      return;
    }
    active(loop.nowSeconds());
    if (held == null) {
      sendToClient(bytes);
    }
    if (!closed && bytes.hasRemaining()) {
      held = loop.buffers().append(held, bytes);
      updateInterest();
    }
  }

  private void sendToClient(ByteBuffer bytes) {
    int before = bytes.remaining();
    try {
      if (!noDelay && answered) {
        // The first write leaves at once anyway.
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        noDelay = true;
      }
      answered = true;
      client.write(bytes);
    } catch (IOException e) {
      close();
      return;
    }
    passed(before - bytes.remaining(), !bytes.hasRemaining());
  }

  /** Lets the worker send more in time, and more at once to a client that keeps up. */
  private void passed(int bytes, boolean keepsUp) {
    passedBytes += bytes;
    if (passedBytes < windowBytes / 2 || isWorkerDone()) {
      return;
    }
    int more = passedBytes;
    if (keepsUp && windowBytes < MAX_WINDOW_BYTES && loop.buffers().grow(windowBytes)) {
      more += windowBytes;
      windowBytes *= 2;
    }
    passedBytes = 0;
    allowedBytes += more;
    trunk.send(id, TrunkFrame.CREDIT, more);
  }

  private void flushToClient() {
    ByteBuffer rest = held;
    if (rest == null) {
      return;
    }
    sendToClient(rest);
    if (!closed && !rest.hasRemaining()) {
      loop.buffers().release(rest);
      held = null;
      if (isWorkerDone()) {
        passWorkerEnd();
      }
    }
  }

  /** The worker sends no more; returns false if it has said so before. */
  boolean workerEnds() {
    boolean first = isTaken() && !workerEnded;
    workerEnded = true;
    if (first && held == null) {
      passWorkerEnd();
    }
    return first;
  }

  /** The worker neither sends nor reads any more; returns false if it never took the stream. */
  boolean workerCloses() {
    if (!isTaken()) {
      return false;
    }
    workerGone();
    return true;
  }

  /** The worker has closed the stream, or the trunk is no more. */
  void workerGone() {
    workerClosed = true;
    trunk.forget(this, false);
    if (held == null) {
      close();
    } else {
      updateInterest();
    }
  }

  private void passWorkerEnd() {
    if (workerClosed || clientEnded) {
      close();
      return;
    }
    try {
      client.shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  /** The trunk broke before the worker had taken this stream: try again, as if nothing was. */
  void replay() {
    Arrival unserved = arrival;
    if (!closed && unserved != null) {
      leave();
      unserved.replay(key);
    }
  }

  // Registration.

  private void updateInterest() {
    int ops =
        (isTaken()
                    && first == null
                    && !clientEnded
                    && !workerClosed
                    && !awaitingRoom
                    && creditBytes > 0
                ? SelectionKey.OP_READ
                : 0)
            | (held != null ? SelectionKey.OP_WRITE : 0);
    try {
      if (key == null) {
        key = loop.register(client, ops, this);
      } else if (key.interestOps() != ops) {
        key.interestOps(ops);
      }
    } catch (IOException e) {
      log.debug("can't watch a client: {}", e.toString());
      close();
    }
  }
}
