package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** What is read from outside: hellos, prefaces and PROXY protocol headers. */
class WireFormatTest {

  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  @Property(tries = 200)
  void hellosArriveAsSentHoweverTheyAreCutUp(
      @ForAll long id,
      @ForAll @IntRange(max = 1023) int lane,
      @ForAll @StringLength(max = 64) String text) {
    String token =
        text.codePoints()
            .filter(Character::isLetterOrDigit)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    Hello hello = new Hello(id, lane, token);
    ByteBuffer out = ByteBuffer.allocate(Hello.MAX_BYTES);
    hello.encode(out);
    out.flip();
    ByteBuffer in = ByteBuffer.allocate(Hello.MAX_BYTES);
    while (out.remaining() > 1) {
      in.put(out.get());
      assertThat(Hello.decode(in)).isNull();
    }
    in.put(out.get());
    assertThat(Hello.decode(in)).isEqualTo(hello);
  }

  @Property(tries = 500)
  void anyBytesAreAHelloOrRefused(
      @ForAll @Size(max = Hello.MAX_BYTES) byte[] bytes, @ForAll boolean magic) {
    if (magic && bytes.length >= 4) {
      System.arraycopy(new byte[] {'S', 'T', 'K', 1}, 0, bytes, 0, 4);
    }
    ByteBuffer in = ByteBuffer.allocate(Hello.MAX_BYTES).put(bytes);
    try {
      Hello.decode(in);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("hello");
    }
  }

  @Property(tries = 200)
  void prefacesArriveAsSent(
      @ForAll boolean ipv6,
      @ForAll @Size(16) byte[] address,
      @ForAll @IntRange(max = 65_535) int port,
      @ForAll @Size(max = 300) byte[] readAhead)
      throws UnknownHostException {
    byte[] bytes = ipv6 ? address : java.util.Arrays.copyOf(address, 4);
    Preface preface =
        new Preface(new InetSocketAddress(InetAddress.getByAddress(bytes), port), readAhead);
    ByteBuffer frame =
        ByteBuffer.allocate(Preface.LENGTH_BYTES + Preface.maxBytes(readAhead.length));
    preface.encode(frame);
    frame.flip();
    assertThat(frame.getInt()).isEqualTo(frame.remaining());
    Preface decoded = Preface.decode(frame);
    assertThat(decoded.client()).isEqualTo(preface.client());
    assertThat(decoded.readAhead()).isEqualTo(readAhead);
  }

  @Property(tries = 500)
  void anyBytesAreAPrefaceOrRefused(@ForAll @Size(max = 64) byte[] bytes) {
    try {
      assertThat(Preface.decode(ByteBuffer.wrap(bytes)).client().getAddress()).isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("preface");
    }
  }

  @Test
  void proxyHeadersTellBothAddressesOnceTheyAreWhole() throws UnknownHostException {
    ByteBuf whole = header(0x21, 0x11, "0a000001" + "7f000001" + "3039" + "1f90" + "0400ff");
    ByteBuf in = Unpooled.buffer();
    while (whole.readableBytes() > 1) {
      in.writeByte(whole.readByte());
      assertThat(ProxyHeader.decode(in)).isNull();
      assertThat(in.readerIndex()).isZero();
    }
    in.writeByte(whole.readByte()).writeByte('G');
    assertThat(ProxyHeader.decode(in))
        .isEqualTo(
            new ProxyHeader(
                new InetSocketAddress(TestCluster.address(10, 0, 0, 1), 12_345),
                new InetSocketAddress(TestCluster.LOOPBACK, 8080)));
    assertThat(in.readByte()).isEqualTo((byte) 'G');
  }

  @Test
  void proxyHeadersOfIpv6AreReadAndThoseOfTheProxyItselfTellNothing() {
    String six = "20010db8000000000000000000000001";
    ProxyHeader header = ProxyHeader.decode(header(0x21, 0x21, six + six + "0001" + "0002"));
    assertThat(header).isNotNull();
    assertThat(header.source())
        .isEqualTo(
            new InetSocketAddress(
                TestCluster.address(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 1));
    assertThat(ProxyHeader.decode(header(0x20, 0x00, ""))).isEqualTo(new ProxyHeader(null, null));
  }

  @Test
  void proxyHeadersThatAreNoneAreRefused() {
    assertThatThrownBy(() -> ProxyHeader.decode(header(0x11, 0x11, "")))
        .hasMessageContaining("version");
    assertThatThrownBy(() -> ProxyHeader.decode(header(0x21, 0x11, "0a000001")))
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> ProxyHeader.decode(Unpooled.copiedBuffer(new byte[] {'G', 'E'})))
        .hasMessageContaining("signature");
  }

  @Property(tries = 500)
  void anyBytesAreAProxyHeaderOrRefused(
      @ForAll @Size(max = 64) byte[] bytes, @ForAll boolean signed) {
    ByteBuf in = Unpooled.buffer();
    if (signed) {
      in.writeBytes(SIGNATURE);
    }
    in.writeBytes(bytes);
    try {
      ProxyHeader.decode(in);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  private static ByteBuf header(int versionAndCommand, int family, String hex) {
    byte[] rest = java.util.HexFormat.of().parseHex(hex);
    return Unpooled.buffer()
        .writeBytes(SIGNATURE)
        .writeByte(versionAndCommand)
        .writeByte(family)
        .writeShort(rest.length)
        .writeBytes(rest);
  }
}
