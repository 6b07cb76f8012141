package io.stickycluster.example;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;

/**
 * Lays out what happens to one connection of a worker: HTTP, the endpoints, and Socket.IO once it
 * is asked for.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
final class ChatPipeline extends ChannelInitializer<Channel> {

  /** The name of the header that tells which worker answered. */
  static final String WORKER_HEADER = "X-Sticky-Worker";

  /** Longer than any silence of a healthy client: Socket.IO pings every 25 s, /slow ends at 60. */
  private static final int IDLE_SECONDS = 75;

  private final WhoAmI whoAmI;
  private final Assets assets;
  private final SocketIo socketIo;
  private final WorkerHeader workerHeader;

  ChatPipeline(WhoAmI whoAmI, Assets assets, SocketIo socketIo) {
    this.whoAmI = whoAmI;
    this.assets = assets;
    this.socketIo = socketIo;
    this.workerHeader = new WorkerHeader(Integer.toString(whoAmI.worker()));
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
        .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxChunkSize(64 * 1024)))
        .addLast(workerHeader)
        .addLast(new HttpServerKeepAliveHandler())
        .addLast(new HttpServerExpectContinueHandler())
        .addLast(new FlowControlHandler())
        .addLast(new HttpEndpoints(whoAmI, assets, this::switchToSocketIo));
  }

  /**
   * Makes this a Socket.IO connection for the rest of its life, which is short: netty-socketio
   * closes it after every polling response.
   */
  private void switchToSocketIo(ChannelHandlerContext ctx, HttpRequest first) {
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addLast(new SocketIoGuard());
    socketIo.install(ctx);
    pipeline.remove(HttpEndpoints.class);
    ctx.fireChannelRead(first);
    // Only now, since it lets go of the request's body.
    pipeline.remove(FlowControlHandler.class);
  }

  /** Tells in every response which worker it is from, and closes connections that are idle. */
  @Sharable
  private static final class WorkerHeader extends ChannelDuplexHandler {

    private final String index;

    WorkerHeader(String index) {
      this.index = index;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        response.headers().set(WORKER_HEADER, index);
      }
      ctx.write(message, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof IdleStateEvent) {
        ctx.close();
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }
  }
}
