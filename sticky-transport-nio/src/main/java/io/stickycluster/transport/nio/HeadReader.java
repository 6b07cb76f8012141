package io.stickycluster.transport.nio;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.KeyReader.Reject;
import io.stickycluster.spi.KeyReader.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects a client's first bytes until the key reader has found its key, for as long and as many
 * bytes as the reader allows.
 */
final class HeadReader implements Loop.Handler {

  private static final Logger log = LoggerFactory.getLogger(HeadReader.class);

  private final Loop loop;
  private final SocketChannel client;
  private final @Nullable SocketChannel backend;
  private final KeyReader reader;
  private final InetSocketAddress peer;
  private byte[] head = {};
  private @Nullable SelectionKey key;

  HeadReader(Loop loop, SocketChannel client, @Nullable SocketChannel backend, KeyReader reader)
      throws IOException {
    this.loop = loop;
    this.client = client;
    this.backend = backend;
    this.reader = reader;
    this.peer = (InetSocketAddress) client.getRemoteAddress();
  }

  /** Reads what is there already and waits for more only if that does not do. */
  void start() {
    if (read()) {
      return;
    }
    try {
      key = loop.register(client, SelectionKey.OP_READ, this);
      loop.heads().add(this, loop.nowNanos());
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    if (read()) {
      loop.heads().remove(this);
    }
  }

  /** The head did not come in time. */
  void expired() {
    decide(true, false);
  }

  @Override
  public void abort() {
    loop.heads().remove(this);
    close();
  }

  void close() {
    Closing.quietly(backend);
    loop.release(client, key);
  }

  /** Returns whether this reader is done with the connection. */
  private boolean read() {
    ByteBuffer io = loop.io();
    io.limit(Math.min(io.limit(), reader.maxHeadBytes() - head.length));
    int count;
    try {
      count = client.read(io);
    } catch (IOException e) {
      close();
      return true;
    }
    if (count > 0) {
      int length = head.length;
      head = Arrays.copyOf(head, length + count);
      io.flip().get(head, length, count);
    }
    boolean ended = count < 0;
    return count != 0 && decide(ended || head.length >= reader.maxHeadBytes(), ended);
  }

  private boolean decide(boolean last, boolean ended) {
    Verdict verdict = reader.read(ByteBuffer.wrap(head).asReadOnlyBuffer(), peer, last);
    if (verdict instanceof Found found) {
      byte[] rest = Arrays.copyOfRange(head, found.consumedBytes(), head.length);
      Arrival.byKey(loop, client, key, backend, found, rest, ended).dispatch();
      return true;
    }
    if (verdict instanceof Reject reject) {
      log.info("connection of {} rejected: {}", peer, reject.reason());
      close();
      return true;
    }
    if (last) {
      log.warn("key reader {} did not decide at last; connection of {} closed", reader, peer);
      close();
    }
    return last;
  }
}
