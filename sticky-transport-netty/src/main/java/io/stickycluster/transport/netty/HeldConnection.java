package io.stickycluster.transport.netty;

import io.netty.channel.unix.FileDescriptor;
import io.stickycluster.spi.KeyReader.Found;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection while the master holds it: the descriptor, closed exactly once, and what
 * goes with it.
 *
 * <p>Used on the master's event loop only.
 */
final class HeldConnection extends FileDescriptor {

  private final TransportStats stats;
  private @Nullable Found found;
  private @Nullable Preface preface;

  /**
   * When waiting for a worker ends, as {@link System#nanoTime()} tells it; 0 if it never waited.
   */
  long waitsUntilNanos;

  HeldConnection(int fd, TransportStats stats) {
    super(fd);
    this.stats = stats;
    stats.open.increment();
  }

  /** Notes what a key reader found. */
  void found(Found found, byte[] head, int length) {
    this.found = found;
    this.preface =
        new Preface(found.client(), Arrays.copyOfRange(head, found.consumedBytes(), length));
  }

  /** Returns what a key reader found, or null if the client's address is the key. */
  @Nullable Found found() {
    return found;
  }

  /** Returns what has to go before the descriptor, or null if nothing has to. */
  @Nullable Preface preface() {
    return preface;
  }

  @Override
  public void close() throws IOException {
    if (isOpen()) {
      stats.open.decrement();
    }
    super.close();
  }
}
