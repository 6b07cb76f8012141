package io.stickycluster.example;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands before netty-socketio on one connection: turns away requests that it would leave without
 * an answer, and makes its responses honest about what it does next.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
final class SocketIoGuard extends ChannelDuplexHandler {

  private static final Pattern SESSION =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  // Codes and words of the Engine.IO reference server.
  private static final int UNKNOWN_TRANSPORT = 0;
  private static final int UNKNOWN_SESSION = 1;
  private static final int BAD_METHOD = 2;
  private static final int BAD_REQUEST = 3;
  private static final int UNSUPPORTED_VERSION = 5;

  private boolean refusing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      FullHttpResponse refusal = refusal(request);
      refusing = refusal != null;
      if (refusal != null) {
        ctx.writeAndFlush(refusal);
      }
    }
    if (refusing && message instanceof HttpContent) {
      ReferenceCountUtil.release(message);
    } else if (!refusing || !(message instanceof HttpRequest)) {
      ctx.fireChannelRead(message);
    }
  }

  private static @Nullable FullHttpResponse refusal(HttpRequest request) {
    QueryStringDecoder uri;
    try {
      HttpProblem.check(request);
      uri = HttpProblem.decode(request.uri());
    } catch (HttpProblem problem) {
      return closing(problem.response());
    }
    if (!uri.path().equals(HttpEndpoints.SOCKET_IO_PATH)) {
      return closing(HttpProblem.notFound(uri.path()).response());
    }
    Map<String, List<String>> parameters = uri.parameters();
    String transport = only(parameters, "transport");
    String session = only(parameters, "sid");
    if (!"4".equals(only(parameters, "EIO"))) {
      return error(UNSUPPORTED_VERSION, "Unsupported protocol version");
    }
    if (!"polling".equals(transport) && !"websocket".equals(transport)) {
      return error(UNKNOWN_TRANSPORT, "Transport unknown");
    }
    if (parameters.containsKey("sid") && (session == null || !SESSION.matcher(session).matches())) {
      return error(UNKNOWN_SESSION, "Session ID unknown");
    }
    if (!parameters.containsKey("sid") && !request.method().equals(HttpMethod.GET)) {
      return error(BAD_METHOD, "Bad handshake method");
    }
    boolean upgrading =
        request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    // JSONP and base64 are of older clients; "disconnect" is netty-socketio's own.
    boolean strange =
        parameters.containsKey("j")
            || parameters.containsKey("b64")
            || parameters.containsKey("disconnect");
    if (strange || upgrading != "websocket".equals(transport)) {
      return error(BAD_REQUEST, "Bad request");
    }
    return null;
  }

  private static @Nullable String only(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.size() == 1 ? values.get(0) : null;
  }

  private static FullHttpResponse error(int code, String message) {
    return closing(
        Responses.json(HttpResponseStatus.BAD_REQUEST, new EngineIoError(code, message)));
  }

  private record EngineIoError(int code, String message) {}

  private static FullHttpResponse closing(FullHttpResponse response) {
    HttpUtil.setKeepAlive(response, false);
    return response;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response
        && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      message = honest(response);
    }
    ctx.write(message, promise);
  }

  private static HttpResponse honest(HttpResponse response) {
    if (response.status().equals(HttpResponseStatus.INTERNAL_SERVER_ERROR)) {
      // How it answers a session it doesn't know, such as one of a worker that has died.
      return error(UNKNOWN_SESSION, "Session ID unknown");
    }
    if (response.status().code() >= 400 && !HttpUtil.isContentLengthSet(response)) {
      HttpUtil.setContentLength(response, 0);
    }
    // It says keep-alive and closes, and sets a cookie that nothing needs.
    HttpUtil.setKeepAlive(response, false);
    response.headers().remove(HttpHeaderNames.SET_COOKIE);
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    return response;
  }
}
