package io.stickycluster.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Makes whole responses with the headers that all of them share. */
final class Responses {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE_POLICY =
      "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private Responses() {}

  static FullHttpResponse text(HttpResponseStatus status, String text) {
    return whole(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  static FullHttpResponse json(HttpResponseStatus status, Object value) {
    try {
      return whole(status, "application/json", JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON can be made of " + value, e);
    }
  }

  static FullHttpResponse asset(Assets.Asset asset) {
    FullHttpResponse response = whole(HttpResponseStatus.OK, asset.type(), asset.bytes());
    response.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, PAGE_POLICY);
    return response;
  }

  /** Sets the headers that every response has. */
  static void describe(HttpResponse response, CharSequence type) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("X-Content-Type-Options", "nosniff");
  }

  private static FullHttpResponse whole(HttpResponseStatus status, String type, byte[] bytes) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
    describe(response, type);
    HttpUtil.setContentLength(response, bytes.length);
    return response;
  }
}
