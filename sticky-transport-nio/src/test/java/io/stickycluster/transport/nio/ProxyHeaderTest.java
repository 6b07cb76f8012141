package io.stickycluster.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.stickycluster.transport.nio.ProxyHeaderDecoder.Header;
import io.stickycluster.transport.nio.ProxyHeaderDecoder.Incomplete;
import io.stickycluster.transport.nio.ProxyHeaderDecoder.Malformed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class ProxyHeaderTest {

  @Property(tries = 300)
  void nettyReadsWhatIsWritten(
      @ForAll("endpoints") InetSocketAddress source,
      @ForAll("endpoints") InetSocketAddress destination) {
    EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder());
    channel.writeInbound(Unpooled.wrappedBuffer(encoded(source, destination)));
    HAProxyMessage message = channel.readInbound();
    assertThat(message.protocolVersion()).isEqualTo(HAProxyProtocolVersion.V2);
    assertThat(message.command()).isEqualTo(HAProxyCommand.PROXY);
    assertThat(InetAddresses.forString(message.sourceAddress())).isEqualTo(source.getAddress());
    assertThat(message.sourcePort()).isEqualTo(source.getPort());
    assertThat(InetAddresses.forString(message.destinationAddress()))
        .isEqualTo(destination.getAddress());
    assertThat(message.destinationPort()).isEqualTo(destination.getPort());
    message.release();
    channel.finishAndReleaseAll();
  }

  @Property(tries = 300)
  void whatNettyWritesIsRead(
      @ForAll("endpoints") InetSocketAddress source, @ForAll @Size(max = 40) byte[] tlv) {
    boolean four = source.getAddress().getAddress().length == 4;
    HAProxyMessage message =
        new HAProxyMessage(
            HAProxyProtocolVersion.V2,
            HAProxyCommand.PROXY,
            four ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
            source.getAddress().getHostAddress(),
            four ? "10.0.0.1" : "fe80::1",
            source.getPort(),
            443,
            List.of(new HAProxyTLV((byte) 0xE0, Unpooled.wrappedBuffer(tlv))));
    EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    channel.writeOutbound(message);
    ByteBuf bytes = channel.readOutbound();
    assertThat(ProxyHeaderDecoder.decode(bytes.nioBuffer()))
        .isEqualTo(new Header(source, bytes.readableBytes()));
    bytes.release();
    channel.finishAndReleaseAll();
  }

  @Property(tries = 200)
  void everyTruncationOfAHeaderIsIncomplete(
      @ForAll("endpoints") InetSocketAddress source,
      @ForAll("endpoints") InetSocketAddress destination) {
    byte[] whole = encoded(source, destination);
    for (int length = 0; length < whole.length; length++) {
      var result = ProxyHeaderDecoder.decode(ByteBuffer.wrap(whole, 0, length));
      assertThat(result).isInstanceOf(Incomplete.class);
      assertThat(((Incomplete) result).bytes()).isGreaterThan(length);
    }
    assertThat(ProxyHeaderDecoder.decode(ByteBuffer.wrap(whole)))
        .isInstanceOf(Header.class)
        .isEqualTo(ProxyHeaderDecoder.decode(ByteBuffer.wrap(Arrays.copyOf(whole, 200))));
  }

  @Property(tries = 2000)
  void bytesAfterASignatureNeverThrow(@ForAll @Size(max = 80) byte[] garbage) {
    byte[] bytes = new byte[ProxyHeader.SIGNATURE.length + garbage.length];
    System.arraycopy(ProxyHeader.SIGNATURE, 0, bytes, 0, ProxyHeader.SIGNATURE.length);
    System.arraycopy(garbage, 0, bytes, ProxyHeader.SIGNATURE.length, garbage.length);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    var result = ProxyHeaderDecoder.decode(buffer);
    assertThat(buffer.remaining()).isEqualTo(bytes.length);
    if (result instanceof Header header) {
      assertThat(header.bytes()).isBetween(ProxyHeaderDecoder.FIXED_BYTES, bytes.length);
    } else if (result instanceof Incomplete incomplete) {
      assertThat(incomplete.bytes())
          .isGreaterThan(bytes.length)
          .isLessThanOrEqualTo(ProxyHeaderDecoder.MAX_BYTES);
    }
  }

  @Property(tries = 500)
  void oneWrongByteInTheSignatureIsMalformed(
      @ForAll @IntRange(max = 11) int at, @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes =
        encoded(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 2));
    bytes[at] ^= (byte) change;
    assertThat(ProxyHeaderDecoder.decode(ByteBuffer.wrap(bytes))).isInstanceOf(Malformed.class);
    assertThat(ProxyHeaderDecoder.decode(ByteBuffer.wrap(bytes, 0, at + 1)))
        .isInstanceOf(Malformed.class);
  }

  @Property(tries = 200)
  void aLengthPastTheBoundIsMalformedBeforeTheBytesArrive(
      @ForAll @IntRange(min = 2033, max = 65535) int length) {
    byte[] bytes =
        encoded(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 2));
    ByteBuffer.wrap(bytes).putShort(14, (short) length);
    assertThat(ProxyHeaderDecoder.decode(ByteBuffer.wrap(bytes))).isInstanceOf(Malformed.class);
  }

  private static byte[] encoded(InetSocketAddress source, InetSocketAddress destination) {
    ByteBuffer buffer = ByteBuffer.allocate(ProxyHeader.MAX_BYTES);
    ProxyHeader.encode(buffer, source, destination);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  @Provide
  Arbitrary<InetSocketAddress> endpoints() {
    Arbitrary<byte[]> four = Arbitraries.bytes().array(byte[].class).ofSize(4);
    Arbitrary<byte[]> sixteen = Arbitraries.bytes().array(byte[].class).ofSize(16);
    return Combinators.combine(
            Arbitraries.oneOf(four, sixteen), Arbitraries.integers().between(1, 65535))
        .as(ProxyHeaderTest::endpoint);
  }

  private static InetSocketAddress endpoint(byte[] address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
