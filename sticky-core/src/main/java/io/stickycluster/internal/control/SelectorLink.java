package io.stickycluster.internal.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One link of the control server: its channel, what it still has to write, whose it is. */
final class SelectorLink implements ControlLink {

  /** Beyond this many bytes a worker is too far behind, and what more it is sent is dropped. */
  static final long MAX_QUEUED_BYTES = 16L << 20;

  private record Pending(ByteBuffer bytes, CompletableFuture<Void> written) {}

  private final SocketChannel channel;
  private final SelectionKey key;
  private final ControlServer server;
  private final FrameReader reader = new FrameReader();

  // All below belong to the control thread.
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean abandoned;
  private int index = Integer.MIN_VALUE;
  private long id;

  SelectorLink(SocketChannel channel, SelectionKey key, ControlServer server) {
    this.channel = channel;
    this.key = key;
    this.server = server;
  }

  @Override
  public CompletionStage<?> send(Frame frame) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    ByteBuffer bytes = FrameCodec.encode(frame);
    server.execute(() -> enqueue(bytes, written));
    return written;
  }

  @Override
  public void assign(int index, long id) {
    server.execute(
        () -> {
          this.index = index;
          this.id = id;
          if (!abandoned) {
            server.relay().add(this);
          }
        });
  }

  @Override
  public void close() {
    server.execute(() -> server.drop(this));
  }

  int index() {
    return index;
  }

  long id() {
    return id;
  }

  long queuedBytes() {
    return queuedBytes;
  }

  /** Queues bytes and writes what the socket takes; on the control thread. */
  void enqueue(ByteBuffer bytes, CompletableFuture<Void> written) {
    if (abandoned) {
      written.completeExceptionally(new IOException("worker " + index + " is gone"));
      return;
    }
    if (queuedBytes + bytes.remaining() > MAX_QUEUED_BYTES) {
      written.completeExceptionally(
          new IOException(
              "worker " + index + " is more than " + MAX_QUEUED_BYTES + " bytes behind"));
      return;
    }
    queue.add(new Pending(bytes, written));
    queuedBytes += bytes.remaining();
    try {
      flush();
    } catch (IOException e) {
      server.drop(this);
    }
  }

  /** Writes what the socket takes. */
  void flush() throws IOException {
    for (Pending head = queue.peek(); head != null; head = queue.peek()) {
      int before = head.bytes().remaining();
      channel.write(head.bytes());
      queuedBytes -= before - head.bytes().remaining();
      if (head.bytes().hasRemaining()) {
        break;
      }
      queue.remove();
      head.written().complete(null);
    }
    interest(SelectionKey.OP_WRITE, !queue.isEmpty());
    server.relay().drained(this);
  }

  /** Stops or goes on reading from this link. */
  void reading(boolean wanted) {
    interest(SelectionKey.OP_READ, wanted);
  }

  private void interest(int operation, boolean wanted) {
    if (key.isValid()) {
      int now = key.interestOps();
      int next = wanted ? now | operation : now & ~operation;
      if (next != now) {
        key.interestOps(next);
      }
    }
  }

  /** Reads what has arrived; returns false at the end of the stream. */
  boolean fill() throws IOException {
    return reader.fill(channel) >= 0;
  }

  @Nullable Frame next() throws IOException {
    return abandoned ? null : reader.next();
  }

  /** Closes the channel and fails what was not written; returns false if that was done before. */
  boolean abandon() {
    if (abandoned) {
      return false;
    }
    abandoned = true;
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
      queuedBytes = 0;
    }
    for (Pending pending : queue) {
      pending.written().completeExceptionally(new IOException("worker " + index + " is gone"));
    }
    queue.clear();
    return true;
  }
}
