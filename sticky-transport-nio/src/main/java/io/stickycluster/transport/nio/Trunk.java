package io.stickycluster.transport.nio;

import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loop's end of a connection to a worker that many clients share, see {@link TrunkFrame}. Owns
 * the frames that wait to be sent, which all leave at the end of the loop's turn, and knows which
 * streams the worker has not taken yet.
 *
 * <p>It is always read, for a stream whose client is slow holds its bytes itself. If the worker
 * does not read, clients are not read either.
 */
final class Trunk implements Loop.Handler {

  private static final Logger log = LoggerFactory.getLogger(Trunk.class);
  private static final int OUT_BYTES = 128 * 1024;
  private static final int MIN_READ_BYTES = 4 * 1024;

  /** How many streams a worker may leave untaken before others park: as many as a full queue. */
  private static final int MAX_UNTAKEN = 1024;

  /** How often it is read in a row before others get their turn. */
  private static final int MAX_ROUNDS = 4;

  private final Loop loop;
  private final Target target;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Map<Integer, ClientStream> streams = new HashMap<>();
  private final ArrayDeque<ClientStream> untaken = new ArrayDeque<>();
  private final ByteBuffer cutHeader = ByteBuffer.allocate(TrunkFrame.HEADER_BYTES);
  private List<ClientStream> waiting = new ArrayList<>();
  private ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES);
  private int sent;
  private boolean flushing;
  private boolean full;
  private boolean deaf;
  private boolean broken;
  private int lastId;
  private @Nullable ClientStream receiving;
  private int receivingBytes;

  /**
   * Connects.
   *
   * @param channel an unconnected, non-blocking unix socket, from here on the trunk's
   * @throws IOException if the worker does not listen any more; the channel is then closed
   */
  Trunk(Loop loop, Target target, SocketChannel channel) throws IOException {
    this.loop = loop;
    this.target = target;
    this.channel = channel;
    try {
      if (!channel.connect(target.address())) {
        throw new IOException("queue full");
      }
      key = loop.register(channel, SelectionKey.OP_READ, this);
    } catch (IOException | RuntimeException e) {
      Closing.quietly(channel);
      throw e;
    }
  }

  /** Returns whether another stream may be opened; if not, its client has to wait. */
  boolean takesStreams() {
    if (out.position() - sent >= 2 * OUT_BYTES) {
      flush();
    }
    return !isOver() && untaken.size() < MAX_UNTAKEN && out.position() - sent < 2 * OUT_BYTES;
  }

  /** Returns whether the worker has gone, as far as is known. */
  boolean isOver() {
    return broken || deaf;
  }

  // What streams send.

  /** Opens a stream and returns its number. */
  int open(ClientStream stream, InetSocketAddress client, InetSocketAddress local) {
    do {
      lastId++;
    } while (streams.containsKey(lastId));
    ensureRoom(TrunkFrame.HEADER_BYTES + TrunkFrame.MAX_ADDRESSES_BYTES);
    int start = out.position();
    out.position(start + TrunkFrame.HEADER_BYTES);
    TrunkFrame.putAddresses(out, client, local);
    putHeader(start, lastId, TrunkFrame.OPEN);
    streams.put(lastId, stream);
    untaken.add(stream);
    return lastId;
  }

  /** Sends a frame without data. */
  void send(int id, int type, int number) {
    ensureRoom(TrunkFrame.HEADER_BYTES);
    out.putLong(TrunkFrame.header(id, type, number));
    flushSoon();
  }

  /** Sends data that a client had sent before its stream was opened. */
  void send(int id, ByteBuffer data) {
    ensureRoom(TrunkFrame.HEADER_BYTES + data.remaining());
    int start = out.position();
    out.position(start + TrunkFrame.HEADER_BYTES);
    out.put(data);
    putHeader(start, id, TrunkFrame.DATA);
  }

  /**
   * Reads from a client and sends what was read.
   *
   * @param max how many bytes to read at most
   * @return what the client's {@code read} returned, or 0 if the trunk has no room, see {@link
   *     #hasRoom}
   * @throws IOException if the client's connection broke
   */
  int sendFrom(SocketChannel client, int id, int max) throws IOException {
    if (!hasRoom()) {
      flush();
      if (isOver() || !hasRoom()) {
        return 0;
      }
    }
    int start = out.position();
    int from = start + TrunkFrame.HEADER_BYTES;
    out.limit(Math.min(out.capacity(), from + max)).position(from);
    int count = 0;
    try {
      count = client.read(out);
    } finally {
      out.limit(out.capacity());
      if (count <= 0) {
        out.position(start);
      }
    }
    if (count > 0) {
      putHeader(start, id, TrunkFrame.DATA);
    }
    return count;
  }

  /** Returns whether clients can be read now. */
  boolean hasRoom() {
    return out.remaining() >= TrunkFrame.HEADER_BYTES + MIN_READ_BYTES;
  }

  /** Tells the stream by {@link ClientStream#roomAgain} when clients can be read again. */
  void awaitRoom(ClientStream stream) {
    waiting.add(stream);
  }

  /** Forgets a stream; the worker is told unless it ended the stream itself. */
  void forget(ClientStream stream, boolean tell) {
    if (streams.remove(stream.id(), stream) && tell && !broken) {
      send(stream.id(), TrunkFrame.CLOSE, 0);
    }
  }

  private void putHeader(int start, int id, int type) {
    int number = out.position() - start - TrunkFrame.HEADER_BYTES;
    out.putLong(start, TrunkFrame.header(id, type, number));
    flushSoon();
  }

  /** Makes room for what can't wait: its amount is bounded by the number of clients. */
  private void ensureRoom(int bytes) {
    if (out.remaining() >= bytes) {
      return;
    }
    int pending = out.position() - sent;
    int capacity = pending + bytes <= out.capacity() ? out.capacity() : 2 * (pending + bytes);
    ByteBuffer unsent = out.flip().position(sent);
    out = capacity == unsent.capacity() ? unsent.compact() : copy(unsent, capacity);
    sent = 0;
  }

  private static ByteBuffer copy(ByteBuffer from, int capacity) {
    return ByteBuffer.allocateDirect(capacity).put(from);
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      loop.trunks().flushSoon(this);
    }
  }

  /** Sends what can be sent, at the end of the loop's turn. */
  void flush() {
    flushing = false;
    if (deaf) {
      out.clear();
    }
    if (broken || full || out.position() == sent) {
      return;
    }
    int end = out.position();
    out.flip().position(sent);
    try {
      channel.write(out);
    } catch (IOException e) {
      // What it said before it went has to be read first: which streams it has taken.
      log.debug("worker id {} reads no more: {}", target.id(), e.toString());
      deaf = true;
      out.clear();
      sent = 0;
      interest(SelectionKey.OP_READ);
      endOutput();
      return;
    }
    sent = out.position();
    if (sent < end) {
      out.limit(out.capacity()).position(end);
      full = true;
      interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      return;
    }
    sent = 0;
    out = out.capacity() > OUT_BYTES ? ByteBuffer.allocateDirect(OUT_BYTES) : out.clear();
    interest(SelectionKey.OP_READ);
    List<ClientStream> resumed = waiting;
    if (!resumed.isEmpty()) {
      waiting = new ArrayList<>();
      resumed.forEach(ClientStream::roomAgain);
    }
  }

  /** Lets a worker that is still there know that nothing more will come, so that it ends. */
  private void endOutput() {
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      log.trace("it has gone: {}", e.toString());
    }
  }

  private void interest(int ops) {
    if (key.interestOps() != ops) {
      key.interestOps(ops);
    }
  }

  // What the worker sends.

  @Override
  public void ready(SelectionKey ready) {
    if (ready.isWritable()) {
      full = false;
      flush();
    }
    if (!broken && ready.isReadable()) {
      read();
    }
  }

  private void read() {
    for (int round = 0; round < MAX_ROUNDS && !broken; round++) {
      ByteBuffer in = loop.trunks().buffer().clear();
      int count;
      try {
        count = channel.read(in);
      } catch (IOException e) {
        ended(e.toString());
        return;
      }
      if (count < 0) {
        ended("it closed");
        return;
      }
      boolean more = !in.hasRemaining();
      receive(in.flip());
      if (!more) {
        return;
      }
    }
  }

  private void receive(ByteBuffer in) {
    while (in.hasRemaining() && !broken) {
      if (receivingBytes > 0) {
        receiveData(in);
      } else if (cutHeader.position() == 0 && in.remaining() >= TrunkFrame.HEADER_BYTES) {
        receiveFrame(in.getLong());
      } else {
        while (cutHeader.hasRemaining() && in.hasRemaining()) {
          cutHeader.put(in.get());
        }
        if (!cutHeader.hasRemaining()) {
          long header = cutHeader.getLong(0);
          cutHeader.clear();
          receiveFrame(header);
        }
      }
    }
  }

  private void receiveData(ByteBuffer in) {
    int end = in.limit();
    int count = Math.min(receivingBytes, in.remaining());
    int next = in.position() + count;
    receivingBytes -= count;
    if (receiving != null) {
      receiving.received(in.limit(next));
    }
    in.limit(end).position(next);
  }

  private void receiveFrame(long header) {
    int number = TrunkFrame.number(header);
    int type = TrunkFrame.type(header);
    if (type == TrunkFrame.TAKEN) {
      receiveTaken(number);
      return;
    }
    ClientStream stream = streams.get(TrunkFrame.stream(header));
    if (type == TrunkFrame.DATA && number > 0) {
      receiving = stream;
      receivingBytes = number;
    } else if (type < TrunkFrame.DATA || type > TrunkFrame.CLOSE || type == TrunkFrame.DATA) {
      refuse("type " + type + ", number " + number);
      return;
    }
    if (stream == null) {
      return; // Its client has gone in the meantime.
    }
    boolean allowed =
        switch (type) {
          case TrunkFrame.DATA -> stream.expect(number);
          case TrunkFrame.CREDIT -> stream.credit(number);
          case TrunkFrame.END -> stream.workerEnds();
          default -> stream.workerCloses();
        };
    if (!allowed) {
      refuse("type " + type + ", number " + number + " out of turn");
    }
  }

  private void receiveTaken(int count) {
    if (count < 1 || count > untaken.size()) {
      refuse("took " + count + " streams of " + untaken.size());
      return;
    }
    for (int i = 0; i < count; i++) {
      untaken.remove().taken();
    }
  }

  /** Breaks the trunk off; who knows what the worker has taken, so nothing is tried again. */
  @Override
  public void abort() {
    List<ClientStream> lost = List.copyOf(untaken);
    breakOff();
    lost.forEach(ClientStream::abort);
  }

  private void refuse(String nonsense) {
    log.warn("worker id {} sent nonsense: {}", target.id(), nonsense);
    abort();
  }

  /** The worker has gone: what it had not taken goes to its successor. */
  private void ended(String why) {
    log.debug("trunk to worker id {} ends: {}", target.id(), why);
    List<ClientStream> left = List.copyOf(untaken);
    breakOff();
    left.forEach(ClientStream::replay);
  }

  private void breakOff() {
    if (broken) {
      return;
    }
    broken = true;
    loop.trunks().ended(this);
    loop.retire(channel, key);
    List<ClientStream> all = List.copyOf(streams.values());
    streams.clear();
    untaken.clear();
    waiting.clear();
    receiving = null;
    for (ClientStream stream : all) {
      if (stream.isTaken()) {
        stream.workerGone();
      }
    }
  }
}
