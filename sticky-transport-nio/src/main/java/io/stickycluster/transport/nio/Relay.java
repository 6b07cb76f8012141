package io.stickycluster.transport.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of one connection, both ways, between a client and its worker. Reads a side only while
 * the other one takes what was read; passes on the end of each direction by itself.
 *
 * <p>A client that sent its first bytes at once is not registered with the selector before the
 * worker's answer or a moment of rest: many a connection is over by then.
 */
final class Relay extends Connection {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** How often one side is read in a row before others get their turn. */
  private static final int MAX_ROUNDS = 4;

  private final Loop loop;
  private final SocketChannel client;
  private final SocketChannel backend;
  private @Nullable SelectionKey clientKey;
  private @Nullable SelectionKey backendKey;
  private @Nullable ByteBuffer toClient;
  private @Nullable ByteBuffer toBackend;
  private @Nullable Arrival arrival;
  private boolean clientEnded;
  private boolean backendEnded;
  private boolean backendToldEnd;
  private boolean clientToldEnd;
  private boolean answered;
  private boolean noDelay;
  private boolean closed;

  Relay(
      Loop loop,
      SocketChannel client,
      @Nullable SelectionKey clientKey,
      SocketChannel backend,
      @Nullable SelectionKey backendKey,
      Arrival arrival) {
    this.loop = loop;
    this.client = client;
    this.clientKey = clientKey;
    this.backend = backend;
    this.backendKey = backendKey;
    this.arrival = arrival;
    active(loop.nowSeconds());
    loop.counts().relays.incrementAndGet();
  }

  /**
   * Sends the first bytes and waits for more.
   *
   * @param first the header and what the client has sent so far
   * @param ended whether the client will send no more
   */
  void begin(ByteBuffer first, boolean ended) {
    clientEnded = ended;
    if (clientKey != null) {
      clientKey.attach(this);
    }
    if (backendKey != null) {
      backendKey.attach(this);
    }
    sendToBackend(first);
    if (!closed) {
      updateInterest();
      if (!closed && clientKey == null) {
        loop.settleSoon(this);
      }
    }
  }

  @Override
  void settle() {
    if (closed || clientKey != null) {
      return;
    }
    if (backendEnded) {
      // The client is likely to have closed in the meantime.
      readClient();
    }
    if (!closed) {
      registerClient();
      updateInterest();
    }
  }

  @Override
  public void ready(SelectionKey key) {
    active(loop.nowSeconds());
    int ops = key.readyOps();
    if (key == backendKey) {
      if ((ops & SelectionKey.OP_WRITE) != 0) {
        flushToBackend();
      }
      if (!closed && (ops & SelectionKey.OP_READ) != 0) {
        readBackend();
      }
    } else {
      if ((ops & SelectionKey.OP_WRITE) != 0) {
        flushToClient();
      }
      if (!closed && (ops & SelectionKey.OP_READ) != 0) {
        readClient();
      }
    }
    if (!closed) {
      updateInterest();
    }
  }

  @Override
  boolean isWorkerDone() {
    return backendEnded;
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
      leave();
      loop.release(client, clientKey);
      loop.retire(backend, backendKey);
    }
  }

  private void leave() {
    closed = true;
    loop.counts().relays.decrementAndGet();
    loop.remove(this);
    if (toClient != null) {
      loop.buffers().release(toClient);
      toClient = null;
    }
    if (toBackend != null) {
      loop.buffers().release(toBackend);
      toBackend = null;
    }
  }

  // Client to worker.

  private void readClient() {
    for (int round = 0; round < MAX_ROUNDS && toBackend == null; round++) {
      ByteBuffer io = loop.io();
      int count;
      try {
        count = client.read(io);
      } catch (IOException e) {
        close();
        return;
      }
      if (count < 0) {
        clientEnded = true;
        passClientEnd();
        return;
      }
      if (count == 0) {
        return;
      }
      boolean full = !io.hasRemaining();
      io.flip();
      if (arrival != null && !arrival.remember(io)) {
        // More was sent than a successor could be told.
        arrival = null;
      }
      sendToBackend(io);
      if (closed || !full) {
        return;
      }
    }
  }

  private void sendToBackend(ByteBuffer bytes) {
    try {
      backend.write(bytes);
    } catch (IOException e) {
      backendBroke(e);
      return;
    }
    if (bytes.hasRemaining()) {
      toBackend = loop.buffers().keep(bytes);
    } else if (clientEnded) {
      passClientEnd();
    }
  }

  private void flushToBackend() {
    ByteBuffer rest = toBackend;
    if (rest == null) {
      return;
    }
    try {
      backend.write(rest);
    } catch (IOException e) {
      backendBroke(e);
      return;
    }
    if (!rest.hasRemaining()) {
      loop.buffers().release(rest);
      toBackend = null;
      if (clientEnded) {
        passClientEnd();
      }
    }
  }

  private void passClientEnd() {
    if (toBackend != null || backendToldEnd) {
      return;
    }
    backendToldEnd = true;
    if (clientToldEnd) {
      close();
      return;
    }
    try {
      backend.shutdownOutput();
    } catch (IOException e) {
      backendBroke(e);
    }
  }

  // Worker to client.

  private void readBackend() {
    for (int round = 0; round < MAX_ROUNDS && toClient == null; round++) {
      ByteBuffer io = loop.io();
      int count;
      try {
        count = backend.read(io);
      } catch (IOException e) {
        backendBroke(e);
        return;
      }
      if (count < 0) {
        backendEnded = true;
        arrival = null;
        passBackendEnd();
        return;
      }
      if (count == 0) {
        break;
      }
      arrival = null;
      boolean full = !io.hasRemaining();
      sendToClient(io.flip());
      // A client that is not registered yet may be done: look whether the worker is, too.
      if (closed || (!full && clientKey != null)) {
        return;
      }
    }
    if (clientKey == null) {
      registerClient();
    }
  }

  private void sendToClient(ByteBuffer bytes) {
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
    if (bytes.hasRemaining()) {
      toClient = loop.buffers().keep(bytes);
    }
  }

  private void flushToClient() {
    ByteBuffer rest = toClient;
    if (rest == null) {
      return;
    }
    try {
      client.write(rest);
    } catch (IOException e) {
      close();
      return;
    }
    if (!rest.hasRemaining()) {
      loop.buffers().release(rest);
      toClient = null;
      if (backendEnded) {
        passBackendEnd();
      }
    }
  }

  private void passBackendEnd() {
    if (toClient != null || clientToldEnd) {
      return;
    }
    clientToldEnd = true;
    if (backendToldEnd) {
      close();
      return;
    }
    try {
      client.shutdownOutput();
      if (clientKey == null) {
        loop.settleSoon(this);
      }
    } catch (IOException e) {
      close();
    }
  }

  /** Reading from or writing to the worker failed. */
  private void backendBroke(IOException e) {
    log.debug("worker broke the connection: {}", e.toString());
    Arrival unanswered = arrival;
    if (unanswered == null || closed) {
      abort();
      return;
    }
    leave();
    loop.retire(backend, backendKey);
    unanswered.replay(clientKey);
  }

  // Registration.

  private void registerClient() {
    try {
      clientKey = loop.register(client, clientOps(), this);
    } catch (IOException e) {
      close();
    }
  }

  private void updateInterest() {
    try {
      if (backendKey == null) {
        backendKey = loop.register(backend, backendOps(), this);
      } else if (backendKey.interestOps() != backendOps()) {
        backendKey.interestOps(backendOps());
      }
      if (clientKey != null && clientKey.interestOps() != clientOps()) {
        clientKey.interestOps(clientOps());
      }
    } catch (IOException e) {
      close();
    }
  }

  private int clientOps() {
    return (toBackend == null && !clientEnded ? SelectionKey.OP_READ : 0)
        | (toClient != null ? SelectionKey.OP_WRITE : 0);
  }

  private int backendOps() {
    return (toClient == null && !backendEnded ? SelectionKey.OP_READ : 0)
        | (toBackend != null ? SelectionKey.OP_WRITE : 0);
  }
}
