package io.stickycluster.example;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;

/** A request that can't be answered as asked, and what its client is told. */
final class HttpProblem extends Exception {

  private static final String ENDPOINTS =
      "/, /whoami, /hello, /bytes?n=, /slow?ms=, POST /echo and /socket.io/";
  private static final int MAX_QUOTED_CHARS = 80;

  private final transient HttpResponseStatus status;
  private final boolean last;
  private final String allowed;

  private HttpProblem(HttpResponseStatus status, String message) {
    this(status, message, false, "");
  }

  private HttpProblem(HttpResponseStatus status, String message, boolean last, String allowed) {
    super(message, null, false, false);
    this.status = status;
    this.last = last;
    this.allowed = allowed;
  }

  /** Returns what the client is told; the connection ends with it if no more can be read. */
  FullHttpResponse response() {
    FullHttpResponse response = Responses.text(status, getMessage() + "\n");
    if (last) {
      HttpUtil.setKeepAlive(response, false);
    }
    if (!allowed.isEmpty()) {
      response.headers().set(HttpHeaderNames.ALLOW, allowed);
    }
    return response;
  }

  /** Looks for what is wrong with a request, whatever it asks for. */
  static void check(HttpRequest request) throws HttpProblem {
    Throwable failure = request.decoderResult().cause();
    if (failure instanceof TooLongHttpLineException) {
      throw last(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
    }
    if (failure instanceof TooLongHttpHeaderException) {
      throw last(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's headers are too long");
    }
    if (failure != null) {
      throw last(HttpResponseStatus.BAD_REQUEST, "this is not an HTTP request");
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
      throw last(HttpResponseStatus.BAD_REQUEST, "a request needs one Host header");
    }
  }

  static QueryStringDecoder decode(String uri) throws HttpProblem {
    try {
      QueryStringDecoder decoder = new QueryStringDecoder(uri);
      // Both are decoded only when asked for.
      decoder.path();
      decoder.parameters();
      return decoder;
    } catch (IllegalArgumentException e) {
      throw new HttpProblem(HttpResponseStatus.BAD_REQUEST, "the address is not well encoded");
    }
  }

  static void requireGet(HttpRequest request) throws HttpProblem {
    if (!request.method().equals(HttpMethod.HEAD)) {
      require(request, HttpMethod.GET);
    }
  }

  static void require(HttpRequest request, HttpMethod method) throws HttpProblem {
    if (!request.method().equals(method)) {
      throw new HttpProblem(
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          "this address takes " + method + ", not " + quote(request.method().name()),
          false,
          method.name());
    }
  }

  /** Returns the value of the parameter that must be there: a whole number from 0 to a bound. */
  static int parameter(QueryStringDecoder uri, String name, int max) throws HttpProblem {
    List<String> values = uri.parameters().getOrDefault(name, List.of());
    String problem = "is missing";
    if (values.size() == 1) {
      String value = values.get(0);
      // Not parseInt alone, which takes signs and the digits of other scripts.
      if (value.matches("[0-9]{1,10}") && Long.parseLong(value) <= max) {
        return Integer.parseInt(value);
      }
      problem = "is " + quote(value);
    } else if (values.size() > 1) {
      problem = "is there " + values.size() + " times";
    }
    throw new HttpProblem(
        HttpResponseStatus.BAD_REQUEST,
        "the parameter " + name + " must be a whole number from 0 to " + max + ", but " + problem);
  }

  static HttpProblem notFound(String path) {
    return new HttpProblem(
        HttpResponseStatus.NOT_FOUND, "there is no " + quote(path) + " here, only " + ENDPOINTS);
  }

  private static HttpProblem last(HttpResponseStatus status, String message) {
    return new HttpProblem(status, message, true, "");
  }

  private static String quote(String text) {
    return text.length() <= MAX_QUOTED_CHARS
        ? "'" + text + "'"
        : "'" + text.substring(0, MAX_QUOTED_CHARS) + "…'";
  }
}
