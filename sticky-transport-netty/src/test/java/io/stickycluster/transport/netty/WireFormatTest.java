package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What is read from outside: hellos and prefaces. */
class WireFormatTest {

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
}
