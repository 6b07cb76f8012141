package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of a connection to the proxy that many clients share, see {@link TrunkFrame}.
 * Owns the streams and the frames that wait to be sent, which leave together when what the proxy
 * sent has been served.
 *
 * <p>A stream is taken before anything of it is served, because until then the proxy may give it to
 * this worker's successor. Batches are small: what is taken but not served dies with this process.
 */
final class Trunk extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(Trunk.class);
  private static final int BATCH = 4;

  /** What is copied behind its header rather than sent from where it is. */
  private static final int SMALL_BYTES = 2 * 1024;

  private static final int MIN_COPY_BYTES = 512;
  private static final int PENDING_BYTES = 16 * 1024;
  private static final int REGION_BYTES = 64 * 1024;

  private final ServerRuntime server;
  private final IntObjectMap<StreamChannel> streams = new IntObjectHashMap<>();
  private final Set<StreamChannel> blocked = new LinkedHashSet<>();
  private final Gatherer gatherer = new Gatherer();
  private List<StreamChannel> untaken = new ArrayList<>(BATCH);
  private List<StreamChannel> left = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf rest;
  private @Nullable ByteBuf pending;
  private @Nullable StreamChannel receiving;
  private int receivingBytes;
  private boolean reading;
  private boolean flushScheduled;
  private boolean ended;

  Trunk(ServerRuntime server) {
    this.server = server;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  // What the proxy sends.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    ByteBuf in = (ByteBuf) message;
    if (rest != null) {
      ByteBuf whole = ctx.alloc().buffer(rest.readableBytes() + in.readableBytes());
      whole.writeBytes(rest).writeBytes(in);
      rest.release();
      in.release();
      rest = null;
      in = whole;
    }
    try {
      while (!ended && receive(in)) {
        // There may be another frame.
      }
      take();
      if (in.isReadable() && !ended) {
        rest = ctx.alloc().buffer(in.readableBytes()).writeBytes(in);
      }
    } catch (IllegalArgumentException e) {
      LOG.warn("the master sent nonsense: {}", e.getMessage());
      ctx.close();
    } finally {
      in.release();
    }
  }

  /** Receives a frame or a part of its data; returns false if more bytes are needed. */
  private boolean receive(ByteBuf in) {
    if (receivingBytes > 0) {
      return receiveData(in);
    }
    if (in.readableBytes() < TrunkFrame.HEADER_BYTES) {
      return false;
    }
    long header = in.getLong(in.readerIndex());
    int id = TrunkFrame.stream(header);
    int number = TrunkFrame.number(header);
    if (TrunkFrame.type(header) == TrunkFrame.OPEN) {
      require(number <= TrunkFrame.MAX_ADDRESSES_BYTES, "addresses of " + number + " bytes");
      if (in.readableBytes() < TrunkFrame.HEADER_BYTES + number) {
        return false;
      }
      in.skipBytes(TrunkFrame.HEADER_BYTES);
      open(id, TrunkFrame.addresses(in.nioBuffer(in.readerIndex(), number)));
      in.skipBytes(number);
      return true;
    }
    in.skipBytes(TrunkFrame.HEADER_BYTES);
    receiveFrame(TrunkFrame.type(header), number, streams.get(id));
    return true;
  }

  private void receiveFrame(int type, int number, @Nullable StreamChannel stream) {
    switch (type) {
      case TrunkFrame.DATA -> {
        require(number > 0, "no data");
        receiving = stream;
        receivingBytes = number;
      }
      case TrunkFrame.CREDIT -> require(stream == null || stream.credit(number), "too much credit");
      case TrunkFrame.END -> require(stream == null || stream.clientEnds(), "a second end");
      case TrunkFrame.CLOSE -> {
        if (stream != null) {
          stream.clientGone();
        }
      }
      default -> throw new IllegalArgumentException("type " + type);
    }
  }

  private boolean receiveData(ByteBuf in) {
    int count = Math.min(receivingBytes, in.readableBytes());
    if (count == 0) {
      return false;
    }
    receivingBytes -= count;
    if (receiving == null) {
      in.skipBytes(count);
    } else {
      require(receiving.received(readData(in, count)), "more than the window");
    }
    return true;
  }

  /** Copies a small part of what was read, so that who keeps it does not keep all of that. */
  private ByteBuf readData(ByteBuf in, int count) {
    return count > in.capacity() / 2
        ? in.readRetainedSlice(count)
        : context().alloc().buffer(Math.max(count, MIN_COPY_BYTES)).writeBytes(in, count);
  }

  private void open(int id, TrunkFrame.Addresses addresses) {
    require(!streams.containsKey(id), "a second stream " + id);
    StreamChannel stream = new StreamChannel(server, this, id, addresses);
    server.connections().opened(stream);
    streams.put(id, stream);
    if (server.connections().isDrained()) {
      // This process is about to exit; what it has not taken goes to its successor.
      ended = true;
      context().close();
      return;
    }
    untaken.add(stream);
    if (untaken.size() == BATCH) {
      take();
    }
  }

  /** Tells the proxy what this server takes, and serves it. */
  private void take() {
    if (untaken.isEmpty() || ended) {
      return;
    }
    List<StreamChannel> taken = untaken;
    untaken = new ArrayList<>(BATCH);
    putHeader(0, TrunkFrame.TAKEN, taken.size());
    ByteBuf frames = takePending();
    context()
        .writeAndFlush(frames)
        .addListener(
            told -> {
              if (told.isSuccess()) {
                taken.forEach(this::serve);
              }
            });
  }

  private void serve(StreamChannel stream) {
    if (stream.isOpen()) {
      server.serveStream(context().channel().eventLoop(), stream);
    }
  }

  private static void require(boolean kept, String what) {
    if (!kept) {
      throw new IllegalArgumentException(what);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // One after the other, so that who is last gets its turn.
    while (ctx.channel().isWritable() && !blocked.isEmpty()) {
      StreamChannel next = blocked.iterator().next();
      blocked.remove(next);
      next.writeMore();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    if (rest != null) {
      rest.release();
      rest = null;
    }
    if (pending != null) {
      pending.release();
      pending = null;
    }
    blocked.clear();
    List.copyOf(streams.values()).forEach(StreamChannel::proxyGone);
    leave();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("a trunk broke: {}", cause.toString());
    ctx.close();
  }

  // What streams send.

  /** Returns whether a stream may write; if not, it is told when it may. */
  boolean takes(StreamChannel stream) {
    if (context().channel().isWritable()) {
      return true;
    }
    blocked.add(stream);
    return false;
  }

  /** Sends a frame without data. */
  void write(int id, int type, int number) {
    if (!ended) {
      putHeader(id, type, number);
      flushSoon();
    }
  }

  /** Sends what can be sent of flushed buffers, and returns how many bytes that is. */
  int write(int id, ChannelOutboundBuffer out, int max) throws Exception {
    int count = gatherer.count(out, Math.min(max, TrunkFrame.MAX_NUMBER));
    if (count > 0) {
      putHeader(id, TrunkFrame.DATA, count);
      gatherer.send(out, count);
      flushSoon();
    }
    return count;
  }

  /** Sends a part of a file, and returns how many bytes that is. */
  int write(int id, FileRegion region, int max) throws IOException {
    int limit = (int) Math.min(Math.min(max, REGION_BYTES), region.count() - region.transferred());
    ByteBuf bytes = context().alloc().directBuffer(Math.max(limit, 1));
    try {
      region.transferTo(new Filling(bytes, limit), region.transferred());
      int count = bytes.readableBytes();
      if (count == 0 && limit > 0) {
        throw new IOException("the file ended " + limit + " bytes too early");
      }
      if (count > 0) {
        putHeader(id, TrunkFrame.DATA, count);
        send(bytes.retain());
        flushSoon();
      }
      return count;
    } finally {
      bytes.release();
    }
  }

  /** A stream is closed; it counts as open until the proxy has been told. */
  void closed(StreamChannel stream) {
    blocked.remove(stream);
    boolean known = streams.remove(stream.number()) == stream;
    left.add(stream);
    if (ended) {
      leave();
    } else if (known) {
      write(stream.number(), TrunkFrame.CLOSE, 0);
    }
  }

  private void leave() {
    List<StreamChannel> gone = left;
    left = new ArrayList<>();
    gone.forEach(stream -> server.connections().closed(stream));
  }

  private void putHeader(int id, int type, int number) {
    pending(TrunkFrame.HEADER_BYTES).writeLong(TrunkFrame.header(id, type, number));
  }

  private ByteBuf pending(int bytes) {
    if (pending != null && pending.maxFastWritableBytes() < bytes) {
      context().write(takePending());
    }
    if (pending == null) {
      pending = context().alloc().directBuffer(PENDING_BYTES);
    }
    return pending;
  }

  /** Sends a buffer, which is the trunk's from here on, behind what is pending. */
  private void send(ByteBuf bytes) {
    int count = bytes.readableBytes();
    if (count <= SMALL_BYTES) {
      pending(count).writeBytes(bytes);
      bytes.release();
    } else {
      context().write(takePending());
      context().write(bytes);
    }
  }

  private ByteBuf takePending() {
    ByteBuf frames = pending;
    pending = null;
    return frames == null ? io.netty.buffer.Unpooled.EMPTY_BUFFER : frames;
  }

  private void flushSoon() {
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      context().channel().eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    if (ended) {
      return;
    }
    if (left.isEmpty()) {
      if (pending != null) {
        context().write(takePending());
      }
      context().flush();
    } else {
      List<StreamChannel> told = left;
      left = new ArrayList<>();
      context()
          .writeAndFlush(takePending())
          .addListener(done -> told.forEach(stream -> server.connections().closed(stream)));
    }
  }

  private ChannelHandlerContext context() {
    return java.util.Objects.requireNonNull(context);
  }

  /** Goes through flushed buffers, first to count and then to send. */
  private final class Gatherer implements ChannelOutboundBuffer.MessageProcessor {

    private int room;
    private boolean sending;

    int count(ChannelOutboundBuffer out, int max) throws Exception {
      return max - go(out, max, false);
    }

    void send(ChannelOutboundBuffer out, int bytes) throws Exception {
      go(out, bytes, true);
    }

    private int go(ChannelOutboundBuffer out, int bytes, boolean send) throws Exception {
      room = bytes;
      sending = send;
      out.forEachFlushedMessage(this);
      return room;
    }

    @Override
    public boolean processMessage(Object message) {
      if (!(message instanceof ByteBuf bytes)) {
        return false;
      }
      int count = Math.min(room, bytes.readableBytes());
      room -= count;
      if (sending && count > 0) {
        if (count <= SMALL_BYTES) {
          pending(count).writeBytes(bytes, bytes.readerIndex(), count);
        } else {
          Trunk.this.send(bytes.retainedSlice(bytes.readerIndex(), count));
        }
      }
      return room > 0;
    }
  }

  /** Takes bytes until a buffer has so many. */
  private record Filling(ByteBuf bytes, int limit) implements WritableByteChannel {

    @Override
    public int write(ByteBuffer from) {
      int count = Math.min(from.remaining(), limit - bytes.readableBytes());
      int end = from.limit();
      bytes.writeBytes(from.limit(from.position() + count));
      from.limit(end);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
