package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;

class HttpDrainHandlerTest {

  @Test
  void itIsAddedRightBehindTheCodec() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new HttpServerCodec(), new ChannelInboundHandlerAdapter());
    HttpDrainHandler.addTo(channel.pipeline());
    assertThat(channel.pipeline().names().get(1)).startsWith("HttpDrainHandler");
  }

  @Test
  void itIsAddedBehindDecoderAndEncoderWhicheverComesLast() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpRequestDecoder(), new HttpObjectAggregator(100), new HttpResponseEncoder());
    HttpDrainHandler.addTo(channel.pipeline());
    assertThat(channel.pipeline().names().get(3)).startsWith("HttpDrainHandler");
  }

  @Test
  void itIsNotAddedTwiceNorToOtherProtocols() {
    EmbeddedChannel own = new EmbeddedChannel(new HttpServerCodec(), new HttpDrainHandler());
    HttpDrainHandler.addTo(own.pipeline());
    assertThat(own.pipeline().names()).hasSize(3);
    EmbeddedChannel other = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    HttpDrainHandler.addTo(other.pipeline());
    assertThat(other.pipeline().get(HttpDrainHandler.class)).isNull();
  }

  @Test
  void itLeavesWhenTheConnectionIsUpgraded() {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpDrainHandler());
    channel.writeOutbound(response(HttpResponseStatus.CONTINUE));
    assertThat(channel.pipeline().get(HttpDrainHandler.class)).isNotNull();
    channel.writeOutbound(response(HttpResponseStatus.SWITCHING_PROTOCOLS));
    assertThat(channel.pipeline().get(HttpDrainHandler.class)).isNull();
    assertThat(channel.outboundMessages()).hasSize(2);
  }

  private static FullHttpResponse response(HttpResponseStatus status) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
  }
}
