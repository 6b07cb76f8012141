package io.stickycluster.transport.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.stickycluster.StickyCluster;
import io.stickycluster.Worker;
import io.stickycluster.contract.Answers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A contract worker as a Netty program; runs unchanged on every road. */
public final class ContractWorker extends ChannelInitializer<SocketChannel> {

  private final Worker worker;

  private ContractWorker(Worker worker) {
    this.worker = worker;
  }

  /** Runs the worker. */
  public static void main(String[] args) {
    StickyCluster.builder()
        .build()
        .run(
            worker ->
                CompletableFuture.completedFuture(
                    NettyServer.of(new ContractWorker(worker)).eventLoops(2)));
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    channel
        .pipeline()
        .addLast(new LineBasedFrameDecoder(1024))
        .addLast(new StringDecoder())
        .addLast(new StringEncoder())
        .addLast(new Handler(worker, channel.remoteAddress().getAddress().getHostAddress()));
  }

  private static final class Handler extends SimpleChannelInboundHandler<String> {

    private final Worker worker;
    private final String client;

    Handler(Worker worker, String client) {
      this.worker = worker;
      this.client = client;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
      String answer = Answers.answer(worker, client) + "\n";
      context
          .executor()
          .schedule(
              () -> context.writeAndFlush(answer),
              Answers.delayMillis(line),
              TimeUnit.MILLISECONDS);
    }
  }
}
