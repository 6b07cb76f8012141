package io.stickycluster.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Ends HTTP/1.1 connections politely while a {@link NettyServer} drains: the last response on each
 * says {@code Connection: close} and the connection is closed behind it; one on which nothing
 * happens is closed after the grace period. No request is cut. Also counts requests in flight.
 *
 * <p>A {@code NettyServer} adds one by itself behind {@link HttpServerCodec}, or behind {@link
 * HttpRequestDecoder} and {@link HttpResponseEncoder}, if the pipeline has them once its
 * initializer has run. Add one yourself, right behind the codec, where the codec comes later (such
 * as behind protocol detection). It leaves the pipeline when the connection is upgraded, such as to
 * WebSocket.
 *
 * <p>Of no effect in a channel that no {@code NettyServer} serves.
 */
public final class HttpDrainHandler extends ChannelDuplexHandler {

  private @Nullable OpenConnections server;
  private int inFlight;
  private boolean closing;
  private long lastActivityNanos;

  /** Makes a handler for one channel. */
  public HttpDrainHandler() {}

  /** Adds a handler behind the HTTP codec, if there is one and no such handler yet. */
  static void addTo(ChannelPipeline pipeline) {
    ChannelHandlerContext codec = null;
    for (String name : pipeline.names()) {
      ChannelHandler handler = pipeline.get(name);
      if (handler instanceof HttpDrainHandler) {
        return;
      }
      if (handler instanceof HttpServerCodec
          || handler instanceof HttpRequestDecoder
          || handler instanceof HttpResponseEncoder) {
        codec = pipeline.context(handler);
      }
    }
    if (codec != null) {
      pipeline.addAfter(codec.name(), null, new HttpDrainHandler());
    }
  }

  /** Returns whether nothing has happened on the connection since a time. */
  boolean isIdleSince(long nanos) {
    return inFlight == 0 && lastActivityNanos - nanos < 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    server = channel instanceof ServedChannel served ? served.server().connections() : null;
    lastActivityNanos = System.nanoTime();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    count(-inFlight);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    count(-inFlight);
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpRequest) {
      count(1);
    }
    ctx.fireChannelRead(msg);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (isDraining()) {
      // Perhaps a part of a request, which the decoder keeps until it is whole.
      lastActivityNanos = System.nanoTime();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    ChannelPromise written = promise;
    if (msg instanceof HttpResponse response) {
      if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        ctx.write(msg, promise);
        ctx.pipeline().remove(this);
        return;
      }
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        ctx.write(msg, promise);
        return;
      }
      if (isDraining() && inFlight <= 1) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        closing = true;
      }
    }
    if (msg instanceof LastHttpContent) {
      if (inFlight > 0) {
        count(-1);
      }
      if (isDraining()) {
        lastActivityNanos = System.nanoTime();
      }
      if (closing) {
        written = promise.unvoid();
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }
    ctx.write(msg, written);
  }

  private boolean isDraining() {
    return server != null && server.isDraining();
  }

  private void count(int requests) {
    inFlight += requests;
    if (server != null && requests != 0) {
      server.requests(requests);
    }
  }
}
