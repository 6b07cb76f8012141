package io.stickycluster.bench.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.stickycluster.Server;
import io.stickycluster.StickyCluster;
import io.stickycluster.Worker;
import io.stickycluster.transport.netty.NettyServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The worker under test: a small HTTP/1.1 server that says in every answer who it is, keeps a
 * record of the connections it took, and starts slowly or not at all if told to. {@code GET
 * /whoami} answers at once, {@code GET /slow?ms=} sends its head at once and its body later, {@code
 * POST /echo} answers what it was sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
public final class ChaosWorker extends ChannelInitializer<SocketChannel> {

  /** The variable that says how to start: a {@link StartOrder} as text. */
  static final String START_VARIABLE = "CHAOS_START";

  static final String INDEX_HEADER = "X-Sticky-Worker";
  static final String PID_HEADER = "X-Pid";

  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final int MAX_SLOW_MILLIS = 60_000;
  private static final String PID = Long.toString(ProcessHandle.current().pid());

  private final String index;
  private final AcceptRecord record;

  private ChaosWorker(Worker worker, AcceptRecord record) {
    this.index = Integer.toString(worker.index());
    this.record = record;
  }

  /** Runs the worker. Arguments: the directory of records, the drain grace in milliseconds. */
  public static void main(String[] args) {
    Path records = Path.of(args[0]);
    Duration grace = Duration.ofMillis(Long.parseLong(args[1]));
    StickyCluster.builder().build().run(worker -> start(worker, records, grace));
  }

  private static CompletionStage<Server> start(Worker worker, Path records, Duration grace) {
    StartOrder order = StartOrder.parse(worker.env().getOrDefault(START_VARIABLE, ""));
    if (order.fails()) {
      throw new IllegalStateException(StartOrder.FAILURE);
    }
    return CompletableFuture.supplyAsync(
        () -> NettyServer.of(new ChaosWorker(worker, open(records))).drainGrace(grace),
        CompletableFuture.delayedExecutor(order.delayMillis(), TimeUnit.MILLISECONDS));
  }

  private static AcceptRecord open(Path records) {
    try {
      return AcceptRecord.create(records, ProcessHandle.current().pid());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  protected void initChannel(SocketChannel channel) throws IOException {
    record.add(channel.remoteAddress());
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpServerKeepAliveHandler())
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
        .addLast(new Endpoints(index));
  }

  private static final class Endpoints extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final String index;

    Endpoints(String index) {
      this.index = index;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      String uri = request.uri();
      if (!request.decoderResult().isSuccess()) {
        answer(ctx, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER)
            .addListener(ChannelFutureListener.CLOSE);
      } else if (request.method().equals(HttpMethod.POST)) {
        answer(ctx, HttpResponseStatus.OK, request.content().retain());
      } else if (uri.startsWith("/slow?ms=")) {
        answerSlowly(ctx, uri.substring("/slow?ms=".length()));
      } else if (uri.equals("/whoami")) {
        answer(ctx, HttpResponseStatus.OK, text(index + " " + PID + "\n"));
      } else {
        answer(ctx, HttpResponseStatus.NOT_FOUND, Unpooled.EMPTY_BUFFER);
      }
    }

    private void answerSlowly(ChannelHandlerContext ctx, String digits) {
      if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) > MAX_SLOW_MILLIS) {
        answer(ctx, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
        return;
      }
      ByteBuf body = text("waited\n");
      ctx.write(head(HttpResponseStatus.OK, body.readableBytes()));
      ctx.writeAndFlush(new DefaultHttpContent(Unpooled.EMPTY_BUFFER));
      ctx.executor()
          .schedule(
              () -> ctx.writeAndFlush(new DefaultLastHttpContent(body)),
              Integer.parseInt(digits),
              TimeUnit.MILLISECONDS);
    }

    private io.netty.channel.ChannelFuture answer(
        ChannelHandlerContext ctx, HttpResponseStatus status, ByteBuf body) {
      ctx.write(head(status, body.readableBytes()));
      ctx.write(new DefaultHttpContent(body));
      return ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private HttpResponse head(HttpResponseStatus status, int length) {
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
      head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
      head.headers().set(INDEX_HEADER, index).set(PID_HEADER, PID);
      return head;
    }

    private static ByteBuf text(String text) {
      return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
