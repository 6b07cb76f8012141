package io.stickycluster.bench.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * A worker for comparing proxies: an HTTP server with one thread on a unix socket, which takes
 * connections with a PROXY protocol v2 header and without. {@code /hello} answers 5 bytes, {@code
 * /bytes?n=} as many as wanted.
 */
final class BenchWorker {

  private BenchWorker() {}

  /** Runs until standard input ends. Arguments: the socket's path. */
  public static void main(String[] args) throws Exception {
    var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    new ServerBootstrap()
        .group(group)
        .channel(EpollServerDomainSocketChannel.class)
        .option(io.netty.channel.ChannelOption.SO_BACKLOG, 1024)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HeaderSkipper(), new HttpServerCodec(), new Pages());
              }
            })
        .bind(new DomainSocketAddress(args[0]))
        .sync();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // The parent says nothing; its end is the sign to go.
    }
    System.exit(0);
  }

  /** Drops a PROXY protocol header if there is one. */
  private static final class HeaderSkipper extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (in.getByte(in.readerIndex()) == '\r') {
        if (in.readableBytes() < 16) {
          return;
        }
        int length = 16 + in.getUnsignedShort(in.readerIndex() + 14);
        if (in.readableBytes() < length) {
          return;
        }
        in.skipBytes(length);
      }
      context.pipeline().remove(this);
    }
  }

  private static final class Pages extends SimpleChannelInboundHandler<HttpObject> {
    private static final ByteBuf HELLO =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes(new byte[] {104, 101, 108, 108, 111}));
    private static final ByteBuf MANY =
        Unpooled.unreleasableBuffer(Unpooled.directBuffer(1 << 24).writeZero(1 << 24));

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
      if (!(message instanceof HttpRequest request)) {
        return;
      }
      int query = request.uri().indexOf("?n=");
      ByteBuf body =
          query < 0
              ? HELLO.duplicate()
              : MANY.slice(0, Integer.parseInt(request.uri().substring(query + 3)));
      var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      if (!keepAlive) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
      ChannelPromise written =
          keepAlive
              ? context.voidPromise()
              : context.newPromise().addListener(ChannelFutureListener.CLOSE);
      var unused = context.writeAndFlush(response, written);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
