package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a {@link Trunk} that wait to be sent. Small ones share a buffer; all leave
 * together, when what the proxy sent has been served or at the end of the event loop's turn.
 *
 * <p>Used on the trunk's event loop only.
 */
final class TrunkOutput {

  /** What is copied behind its header rather than sent from where it is. */
  private static final int SMALL_BYTES = 2 * 1024;

  private static final int PENDING_BYTES = 16 * 1024;
  private static final int REGION_BYTES = 64 * 1024;

  private final ChannelHandlerContext context;
  private final OpenConnections connections;
  private final Gatherer gatherer = new Gatherer();
  private List<StreamChannel> closed = new ArrayList<>();
  private @Nullable ByteBuf pending;
  private boolean held;
  private boolean flushScheduled;
  private boolean ended;

  TrunkOutput(ChannelHandlerContext context, OpenConnections connections) {
    this.context = context;
    this.connections = connections;
  }

  /** Sends nothing by itself before {@link #flush}. */
  void hold() {
    held = true;
  }

  /** Sends what is pending, and from here on by itself. */
  void flush() {
    held = false;
    flushScheduled = false;
    if (ended) {
      return;
    }
    if (closed.isEmpty()) {
      if (pending != null) {
        context.write(takePending());
      }
      context.flush();
    } else {
      List<StreamChannel> told = closed;
      closed = new ArrayList<>();
      context.writeAndFlush(takePending()).addListener(done -> told.forEach(connections::closed));
    }
  }

  /** The trunk is no more. */
  void end() {
    ended = true;
    if (pending != null) {
      pending.release();
      pending = null;
    }
    closed.forEach(connections::closed);
    closed.clear();
  }

  /** Sends at once, behind what is pending, how many streams are taken. */
  ChannelFuture sendTaken(int streams) {
    putHeader(0, TrunkFrame.TAKEN, streams);
    return context.writeAndFlush(takePending());
  }

  /** Sends a frame without data. */
  void write(int stream, int type, int number) {
    if (!ended) {
      putHeader(stream, type, number);
      flushSoon();
    }
  }

  /** Sends the end of a stream, which counts as open until the proxy has been told. */
  void writeClose(StreamChannel stream) {
    if (ended) {
      connections.closed(stream);
    } else {
      closed.add(stream);
      write(stream.number(), TrunkFrame.CLOSE, 0);
    }
  }

  /** Sends what can be sent of flushed buffers, and returns how many bytes that is. */
  int write(int stream, ChannelOutboundBuffer out, int max) throws Exception {
    int count = gatherer.count(out, Math.min(max, TrunkFrame.MAX_NUMBER));
    if (count > 0) {
      putHeader(stream, TrunkFrame.DATA, count);
      gatherer.send(out, count);
      flushSoon();
    }
    return count;
  }

  /** Sends a part of a file, and returns how many bytes that is. */
  int write(int stream, FileRegion region, int max) throws IOException {
    int limit = (int) Math.min(Math.min(max, REGION_BYTES), region.count() - region.transferred());
    ByteBuf bytes = context.alloc().directBuffer(Math.max(limit, 1));
    try {
      region.transferTo(new Filling(bytes, limit), region.transferred());
      int count = bytes.readableBytes();
      if (count == 0 && limit > 0) {
        throw new IOException("the file ended " + limit + " bytes too early");
      }
      if (count > 0) {
        putHeader(stream, TrunkFrame.DATA, count);
        send(bytes.retain());
        flushSoon();
      }
      return count;
    } finally {
      bytes.release();
    }
  }

  private void putHeader(int stream, int type, int number) {
    pending(TrunkFrame.HEADER_BYTES).writeLong(TrunkFrame.header(stream, type, number));
  }

  private ByteBuf pending(int bytes) {
    if (pending != null && pending.maxFastWritableBytes() < bytes) {
      context.write(takePending());
    }
    if (pending == null) {
      pending = context.alloc().directBuffer(PENDING_BYTES);
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
      context.write(takePending());
      context.write(bytes);
    }
  }

  private ByteBuf takePending() {
    ByteBuf frames = pending;
    pending = null;
    return frames == null ? Unpooled.EMPTY_BUFFER : frames;
  }

  private void flushSoon() {
    if (!held && !flushScheduled) {
      flushScheduled = true;
      context.channel().eventLoop().execute(this::flush);
    }
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
          TrunkOutput.this.send(bytes.retainedSlice(bytes.readerIndex(), count));
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
