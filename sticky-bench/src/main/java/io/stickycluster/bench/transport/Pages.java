package io.stickycluster.bench.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * The pipeline that every target serves: {@code /hello} answers 5 bytes, {@code /bytes?n=} that
 * many.
 */
@Sharable
final class Pages extends ChannelInitializer<Channel> {

  private static final int MAX_BODY_BYTES = 1 << 24;

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(new HttpServerCodec(), Answers.INSTANCE);
  }

  @Sharable
  private static final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    static final Answers INSTANCE = new Answers();

    private static final ByteBuf HELLO =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes("hello".getBytes(StandardCharsets.US_ASCII)));
    private static final ByteBuf ZEROS =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(MAX_BODY_BYTES).writeZero(MAX_BODY_BYTES));

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
      if (!(message instanceof HttpRequest request)) {
        return;
      }
      int query = request.uri().indexOf("?n=");
      ByteBuf body =
          query < 0
              ? HELLO.duplicate()
              : ZEROS.slice(0, Integer.parseInt(request.uri().substring(query + 3)));
      var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      if (!keepAlive) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
      ChannelFuture written = context.writeAndFlush(response);
      if (!keepAlive) {
        var unused = written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
