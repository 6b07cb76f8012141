package io.stickycluster.example;

import static io.netty.handler.codec.http.HttpResponseStatus.OK;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the plain HTTP endpoints of one connection, one request after the other, and gives the
 * connection away when Socket.IO is asked for.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
final class HttpEndpoints extends ChannelInboundHandlerAdapter {

  /** The largest answer of {@code /bytes}. */
  static final int MAX_BYTES = 1 << 30;

  /** The longest wait of {@code /slow}, in milliseconds. */
  static final int MAX_SLOW_MILLIS = 60_000;

  /** Where Socket.IO is. */
  static final String SOCKET_IO_PATH = "/socket.io/";

  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoints.class);

  private final WhoAmI whoAmI;
  private final Assets assets;
  private final BiConsumer<ChannelHandlerContext, HttpRequest> socketIo;
  private final ByteStream stream = new ByteStream();
  private boolean echoing;
  private @Nullable Future<?> timer;

  /** The consumer is given the first request that is Socket.IO's, and takes over the connection. */
  HttpEndpoints(
      WhoAmI whoAmI, Assets assets, BiConsumer<ChannelHandlerContext, HttpRequest> socketIo) {
    this.whoAmI = whoAmI;
    this.assets = assets;
    this.socketIo = socketIo;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      onRequest(ctx, request);
    } else if (message instanceof HttpContent content && echoing) {
      ctx.write(content, ctx.voidPromise());
      if (content instanceof LastHttpContent) {
        echoing = false;
        ctx.flush();
      }
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest request) {
    echoing = false;
    try {
      HttpProblem.check(request);
      QueryStringDecoder uri = HttpProblem.decode(request.uri());
      if (uri.path().equals(SOCKET_IO_PATH)) {
        socketIo.accept(ctx, request);
      } else {
        answer(ctx, request, uri);
      }
    } catch (HttpProblem problem) {
      ReferenceCountUtil.release(request);
      ctx.writeAndFlush(problem.response());
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest request, QueryStringDecoder uri)
      throws HttpProblem {
    Assets.Asset asset = assets.at(uri.path());
    if (asset != null) {
      HttpProblem.requireGet(request);
      ctx.writeAndFlush(Responses.asset(asset));
      return;
    }
    switch (uri.path()) {
      case "/hello" -> {
        HttpProblem.requireGet(request);
        ctx.writeAndFlush(Responses.text(OK, "hello from worker " + whoAmI.worker() + "\n"));
      }
      case "/whoami" -> {
        HttpProblem.requireGet(request);
        ctx.writeAndFlush(Responses.json(OK, describe(ctx)));
      }
      case "/bytes" -> {
        HttpProblem.requireGet(request);
        sendBytes(ctx, HttpProblem.parameter(uri, "n", MAX_BYTES), isHead(request));
      }
      case "/slow" -> {
        HttpProblem.requireGet(request);
        answerLater(ctx, HttpProblem.parameter(uri, "ms", MAX_SLOW_MILLIS));
      }
      case "/echo" -> {
        HttpProblem.require(request, HttpMethod.POST);
        startEcho(ctx, request);
      }
      default -> throw HttpProblem.notFound(uri.path());
    }
  }

  private Map<String, Object> describe(ChannelHandlerContext ctx) {
    Map<String, Object> answer = new TreeMap<>();
    answer.put("worker", whoAmI.worker());
    answer.put("id", whoAmI.id());
    answer.put("pid", whoAmI.pid());
    answer.put("client", ClientAddress.text(ctx.channel().remoteAddress()));
    answer.put("env", whoAmI.env());
    return answer;
  }

  private void sendBytes(ChannelHandlerContext ctx, int count, boolean headOnly) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, OK);
    Responses.describe(head, HttpHeaderValues.APPLICATION_OCTET_STREAM);
    HttpUtil.setContentLength(head, count);
    ctx.write(head);
    pauseRequests(ctx);
    stream.start(headOnly ? 0 : count);
    continueStream(ctx);
  }

  private void continueStream(ChannelHandlerContext ctx) {
    if (stream.write(ctx)) {
      resumeRequests(ctx);
    }
  }

  private void answerLater(ChannelHandlerContext ctx, int millis) {
    pauseRequests(ctx);
    Runnable answer =
        () -> {
          ctx.writeAndFlush(Responses.text(OK, "waited " + millis + " ms\n"));
          resumeRequests(ctx);
        };
    timer = ctx.executor().schedule(answer, millis, TimeUnit.MILLISECONDS);
  }

  private void startEcho(ChannelHandlerContext ctx, HttpRequest request) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, OK);
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE);
    Responses.describe(head, type == null ? HttpHeaderValues.APPLICATION_OCTET_STREAM : type);
    if (HttpUtil.isTransferEncodingChunked(request)) {
      HttpUtil.setTransferEncodingChunked(head, true);
    } else {
      HttpUtil.setContentLength(head, HttpUtil.getContentLength(request, 0L));
    }
    ctx.write(head);
    echoing = true;
  }

  private static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** Keeps pipelined requests waiting in the FlowControlHandler until this one is answered. */
  private static void pauseRequests(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
  }

  private static void resumeRequests(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (stream.isActive()) {
      continueStream(ctx);
    } else if (echoing) {
      // A client that sends faster than it reads waits, instead of filling our memory.
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("Closing {}", ctx.channel(), cause);
    ctx.close();
  }
}
