package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.stickycluster.spi.TrunkFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of a connection to the proxy that many clients share, see {@link TrunkFrame}.
 * Owns the streams; what they send goes to its {@link TrunkOutput}.
 *
 * <p>A stream is taken before anything of it is served, because until then the proxy may give it to
 * this worker's successor. Batches are small: what is taken but not served dies with this process.
 */
final class Trunk extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(Trunk.class);
  private static final int BATCH = 4;

  private static final int MIN_COPY_BYTES = 512;

  private final ServerRuntime server;
  private final IntObjectMap<StreamChannel> streams = new IntObjectHashMap<>();
  private final Set<StreamChannel> blocked = new LinkedHashSet<>();
  private List<StreamChannel> untaken = new ArrayList<>(BATCH);
  private @Nullable ChannelHandlerContext context;
  private @Nullable TrunkOutput output;
  private @Nullable ByteBuf rest;
  private @Nullable StreamChannel receiving;
  private int receivingBytes;
  private boolean ended;

  Trunk(ServerRuntime server) {
    this.server = server;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    output = new TrunkOutput(ctx, server.connections());
  }

  // What the proxy sends.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    output().hold();
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
    output()
        .sendTaken(taken.size())
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
    output().flush();
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
    blocked.clear();
    List.copyOf(streams.values()).forEach(StreamChannel::proxyGone);
    output().end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("a trunk broke: {}", cause.toString());
    ctx.close();
  }

  // What streams ask of their trunk.

  TrunkOutput output() {
    return Objects.requireNonNull(output);
  }

  /** Returns whether a stream may write; if not, it is told when it may. */
  boolean takes(StreamChannel stream) {
    if (context().channel().isWritable()) {
      return true;
    }
    blocked.add(stream);
    return false;
  }

  /** A stream is closed. */
  void closed(StreamChannel stream) {
    blocked.remove(stream);
    streams.remove(stream.number());
    output().writeClose(stream);
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }
}
