package io.stickycluster.transport.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.KeyReader.Reject;
import io.stickycluster.spi.KeyReader.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first bytes of one connection until its key is found in them, within the key reader's
 * bounds on bytes and time.
 *
 * <p>Used on the master's event loop only.
 */
final class HeadReading implements EpollIoHandle {

  /** Learns the outcome, exactly once. */
  interface Owner {

    /** The key is known; the connection is the owner's again. */
    void found(HeadReading reading, HeldConnection connection, Found found);

    /** The connection was closed, by its client or for the given reason. */
    void gone(HeadReading reading, @Nullable String reason);
  }

  private static final int FIRST_CAPACITY = 512;

  private final IoEventLoop loop;
  private final HeldConnection connection;
  private final InetSocketAddress peer;
  private final KeyReader reader;
  private final Owner owner;
  private final ByteBuffer scratch;
  private byte[] head = new byte[FIRST_CAPACITY];
  private int length;
  private boolean done;
  private @Nullable IoRegistration registration;
  private @Nullable Future<?> deadline;

  /**
   * Makes a reading that has not begun.
   *
   * @param scratch a direct buffer to read into, not kept between calls
   */
  HeadReading(
      IoEventLoop loop,
      HeldConnection connection,
      InetSocketAddress peer,
      KeyReader reader,
      Owner owner,
      ByteBuffer scratch) {
    this.loop = loop;
    this.connection = connection;
    this.peer = peer;
    this.reader = reader;
    this.owner = owner;
    this.scratch = scratch;
  }

  /** Reads what is there already, and waits for the rest. */
  void start() {
    read();
    if (!done) {
      registration = Loops.register(loop, this, EpollIoOps.EPOLLIN);
      deadline = loop.schedule(this::decide, reader.deadline().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Asks for a final verdict on what has come so far. */
  void decide() {
    ask(true);
  }

  @Override
  public FileDescriptor fd() {
    return connection;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    read();
  }

  @Override
  public void close() {
    if (finish()) {
      Descriptors.close(connection);
    }
  }

  private void read() {
    if (done) {
      return;
    }
    int count;
    try {
      int room = Math.max(1, reader.maxHeadBytes() - length);
      count = connection.read(scratch, 0, Math.min(scratch.capacity(), room));
    } catch (IOException e) {
      end(null);
      return;
    }
    if (count < 0) {
      if (length == 0) {
        end(null);
      } else {
        // The client has said all it will say, but may wait for an answer.
        ask(true);
      }
    } else if (count > 0) {
      if (head.length < length + count) {
        head = Arrays.copyOf(head, Math.max(length + count, head.length * 2));
      }
      scratch.get(0, head, length, count);
      length += count;
      ask(length >= reader.maxHeadBytes());
    }
  }

  private void ask(boolean last) {
    if (done) {
      return;
    }
    Verdict verdict = reader.read(ByteBuffer.wrap(head, 0, length), peer, last);
    if (verdict instanceof Found found) {
      finish();
      connection.found(found, head, length);
      owner.found(this, connection, found);
    } else if (verdict instanceof Reject reject) {
      end(reject.reason());
    } else if (last) {
      end("no verdict on the last byte");
    }
  }

  private void end(@Nullable String reason) {
    if (finish()) {
      Descriptors.refuse(connection, scratch);
      owner.gone(this, reason);
    }
  }

  private boolean finish() {
    if (done) {
      return false;
    }
    done = true;
    if (registration != null) {
      registration.cancel();
    }
    if (deadline != null) {
      deadline.cancel(false);
    }
    return true;
  }
}
