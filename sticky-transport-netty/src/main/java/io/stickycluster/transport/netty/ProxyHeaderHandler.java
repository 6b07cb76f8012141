package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the PROXY protocol header of a proxied connection, tells the channel its addresses and
 * only then puts the user's handler in its own place.
 */
final class ProxyHeaderHandler extends ByteToMessageDecoder {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderHandler.class);
  private static final int DEADLINE_SECONDS = 10;
  private static final InetSocketAddress UNKNOWN =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final ServedChannel channel;
  private @Nullable Future<?> deadline;

  ProxyHeaderHandler(ServedChannel channel) {
    this.channel = channel;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(() -> refuse(ctx, "no header in time"), DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // Nobody else has heard of this channel.
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    ProxyHeader header;
    try {
      header = ProxyHeader.decode(in);
    } catch (IllegalArgumentException e) {
      in.skipBytes(in.readableBytes());
      refuse(ctx, String.valueOf(e.getMessage()));
      return;
    }
    if (header != null) {
      channel.addresses(
          header.source() == null ? UNKNOWN : header.source(),
          header.destination() == null ? UNKNOWN : header.destination());
      channel.server().install(ctx.pipeline());
      ctx.fireChannelActive();
      // What came behind the header goes on to the handlers just added.
      ctx.pipeline().remove(this);
    }
  }

  private static void refuse(ChannelHandlerContext ctx, String reason) {
    LOG.warn("refused a proxied connection: {}", reason);
    ctx.close();
  }
}
