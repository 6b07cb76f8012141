package io.stickycluster.internal.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.KeyReader.NeedMore;
import io.stickycluster.spi.KeyReader.Reject;
import io.stickycluster.spi.KeyReader.Verdict;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever clients send, and however it is cut up. */
class HeadKeyReaderFuzzTest {

  private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.1", 1);
  private static final InetSocketAddress STRANGER = new InetSocketAddress("192.0.2.9", 2);
  private static final List<String> CLAIMS =
      List.of(
          "proxy",
          "header:X-Forwarded-For",
          "header:Forwarded",
          "header:X-Forwarded-For,proxy",
          "header:Forwarded,header:X-Forwarded-For,ip");

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void every_input_has_a_defined_verdict(
      @ForAll("specs") String spec,
      @ForAll("peers") InetSocketAddress peer,
      @ForAll("inputs") byte[] input) {
    Verdict verdict = HeadKeyReaderTest.reader(spec).read(ByteBuffer.wrap(input), peer, true);
    if (verdict instanceof Found found) {
      assertThat(found.consumedBytes()).isBetween(0, input.length);
      assertThat(found.client()).isNotNull();
      if (found.isAddress()) {
        assertThat(found.key().length).isIn(4, 16);
      } else {
        assertThat(found.key()).isNotEmpty();
      }
    } else {
      assertThat(verdict).isInstanceOf(Reject.class);
      assertThat(spec).contains("proxy");
      assertThat(peer).isEqualTo(PROXY);
    }
  }

  @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
  void input_cut_at_any_byte_has_the_verdict_of_the_whole(
      @ForAll("specs") String spec,
      @ForAll("peers") InetSocketAddress peer,
      @ForAll("inputs") byte[] input) {
    KeyReader reader = HeadKeyReaderTest.reader(spec);
    String whole = all(reader.read(ByteBuffer.wrap(input), peer, true));
    for (int length = 0; length <= input.length; length++) {
      Verdict verdict = reader.read(ByteBuffer.wrap(input, 0, length), peer, false);
      if (!(verdict instanceof NeedMore)) {
        assertThat(all(verdict)).as("after %d of %d bytes", length, input.length).isEqualTo(whole);
      }
    }
  }

  private static String all(Verdict verdict) {
    return verdict instanceof Found found
        ? HeadKeyReaderTest.say(found) + " for " + found.client()
        : verdict.toString();
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void a_claim_from_somebody_not_trusted_never_moves_a_client(
      @ForAll("claims") String spec, @ForAll("inputs") byte[] input) {
    Verdict verdict = HeadKeyReaderTest.reader(spec).read(ByteBuffer.wrap(input), STRANGER, true);
    Found found = (Found) verdict;
    assertThat(found.key()).containsExactly(192, 0, 2, 9);
    assertThat(found.isAddress()).isTrue();
    assertThat(found.client()).isEqualTo(STRANGER);
    assertThat(found.consumedBytes()).isZero();
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void what_a_client_writes_before_its_proxy_does_never_moves_it(
      @ForAll("chains") String spoofed, @ForAll boolean sameLine) {
    for (String[] way :
        new String[][] {{"X-Forwarded-For", "203.0.113.7"}, {"Forwarded", "for=203.0.113.7"}}) {
      String head =
          "GET / HTTP/1.1\r\n"
              + (way[0] + ": " + spoofed)
              + (sameLine ? ", " : "\r\n" + way[0] + ": ")
              + (way[1] + "\r\n\r\n");
      Verdict verdict =
          HeadKeyReaderTest.reader("header:" + way[0])
              .read(ByteBuffer.wrap(head.getBytes(ISO_8859_1)), PROXY, false);
      assertThat(HeadKeyReaderTest.say(verdict)).isEqualTo("203.0.113.7");
    }
  }

  @Provide
  Arbitrary<String> specs() {
    return Arbitraries.oneOf(
        Arbitraries.of(CLAIMS),
        Arbitraries.of(
            "cookie:sid",
            "query:sid",
            "header:X-User",
            "cookie:sid,query:sid,header:X-Forwarded-For,ip",
            "cookie:sid,header:Forwarded,proxy"));
  }

  @Provide
  Arbitrary<String> claims() {
    return Arbitraries.of(CLAIMS);
  }

  @Provide
  Arbitrary<InetSocketAddress> peers() {
    return Arbitraries.of(PROXY, STRANGER);
  }

  /** Header values that a client may have sent: any bytes that end no line. */
  @Provide
  Arbitrary<String> chains() {
    Arbitrary<String> any =
        Arbitraries.strings().withCharRange(' ', '~').withCharRange('\u0080', 'ÿ').ofMaxLength(30);
    return Arbitraries.oneOf(any, values());
  }

  /** Whole heads, with or without a PROXY header, broken a little; and noise. */
  @Provide
  Arbitrary<byte[]> inputs() {
    Arbitrary<byte[]> none = Arbitraries.just(new byte[0]);
    Arbitrary<byte[]> inputs =
        Combinators.combine(Arbitraries.oneOf(none, ProxyHeaderTest.validHeaders()), heads())
            .as((header, head) -> Bytes.concat(header, head.getBytes(ISO_8859_1)));
    Arbitrary<byte[]> broken = Mutations.of(inputs);
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(100);
    return Arbitraries.oneOf(broken, broken, broken, broken, noise);
  }

  private static Arbitrary<String> heads() {
    Arbitrary<String> targets =
        Arbitraries.of("/", "*", "/?sid=abc", "/socket.io/?EIO=4&sid=x%20y&sid=z", "http://h/?sid");
    Arbitrary<String> lines =
        Combinators.combine(
                Arbitraries.of(
                    "X-Forwarded-For", "x-forwarded-for", "Forwarded", "Cookie", "Host", "X-User"),
                values())
            .as((name, value) -> name + ": " + value + "\r\n");
    return Combinators.combine(
            Arbitraries.of("GET", "POST", "PROPFIND", "PRI"),
            targets,
            Arbitraries.of("HTTP/1.1", "HTTP/1.0", "HTTP/2.0"),
            lines.list().ofMaxSize(5))
        .as(
            (method, target, version, all) ->
                method + " " + target + " " + version + "\r\n" + String.join("", all) + "\r\n");
  }

  private static Arbitrary<String> values() {
    return Arbitraries.of(
            "203.0.113.7",
            "10.0.0.2",
            "[2001:db8::7]:80",
            "fe80::1%eth0",
            "unknown",
            "for=203.0.113.7",
            "for=\"[2001:db8::7]:_x\";by=10.0.0.1",
            "for=\"",
            "for=_hidden",
            "sid=abc",
            "a=b; sid=\"x\"",
            "\\\"",
            "")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join(", ", parts));
  }
}
