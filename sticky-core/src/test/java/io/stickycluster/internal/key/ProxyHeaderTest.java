package io.stickycluster.internal.key;

import static io.stickycluster.internal.key.ProxyHeaders.binary;
import static io.stickycluster.internal.key.ProxyHeaders.checksummed;
import static io.stickycluster.internal.key.ProxyHeaders.tcp;
import static io.stickycluster.internal.key.ProxyHeaders.text;
import static io.stickycluster.internal.key.ProxyHeaders.tlv;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

  private static final int MAX_BYTES = 1024;

  /** Says a result in the words of {@link ProxyHeaderModel}. */
  private static String read(byte[] bytes) {
    ProxyHeader.Result result = ProxyHeader.read(ByteBuffer.wrap(bytes), MAX_BYTES);
    if (result instanceof ProxyHeader.Complete complete) {
      InetSocketAddress source = complete.source();
      return source == null
          ? complete.length() + " none"
          : complete.length() + " " + source.getAddress().getHostAddress() + " " + source.getPort();
    }
    return result instanceof ProxyHeader.Malformed ? "malformed" : "incomplete";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET / HTTP/1.1\r\n",
      })
  void version_1_tells_an_ipv4_client(String line) {
    assertThat(read(text(line))).isEqualTo("42 192.0.2.1 56324");
  }

  @Test
  void version_1_tells_an_ipv6_client() {
    assertThat(read(text("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n")))
        .isEqualTo("36 2001:db8:0:0:0:0:0:1 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN what ever  follows\r\n"})
  void version_1_unknown_leaves_the_connection_s_address(String line) {
    assertThat(read(text(line))).isEqualTo(line.length() + " none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "PROXX",
        "PROXY\r\n",
        "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r \n",
        "PROXY UNKNOWNX\r\n",
        "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 -2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP6 fe80::1%lo ::1 1 2\r\n",
        "PROXY TCP6 :::1 ::1 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        "PROXY TCP4 1.2.3.4 example.com 1 2\r\n",
      })
  void what_version_1_does_not_allow_is_malformed(String line) {
    assertThat(read(text(line))).isEqualTo("malformed");
  }

  @Test
  void version_1_ends_within_107_bytes() {
    String longest = "PROXY UNKNOWN " + "f".repeat(91);
    assertThat(read(text(longest + "\r\n"))).isEqualTo("107 none");
    assertThat(read(text(longest + "f\r\n"))).isEqualTo("malformed");
    assertThat(read(text(longest))).isEqualTo("incomplete");
  }

  @Test
  void version_2_tells_the_client() {
    assertThat(read(tcp("192.0.2.1", 56324))).isEqualTo("28 192.0.2.1 56324");
    assertThat(read(tcp("2001:db8::1", 1))).isEqualTo("52 2001:db8:0:0:0:0:0:1 1");
    assertThat(read(Bytes.concat(tcp("192.0.2.1", 65535), text("GET /"))))
        .isEqualTo("28 192.0.2.1 65535");
  }

  @Test
  void version_2_local_unspecified_datagram_and_unix_leave_the_connection_s_address() {
    assertThat(read(binary(0x20, 0, new byte[0]))).isEqualTo("16 none");
    assertThat(read(binary(0x20, 0xff, new byte[7]))).isEqualTo("23 none");
    assertThat(read(binary(0x21, 0, new byte[3]))).isEqualTo("19 none");
    assertThat(read(binary(0x21, 0x12, new byte[12]))).isEqualTo("28 none");
    assertThat(read(binary(0x21, 0x31, new byte[216]))).isEqualTo("232 none");
  }

  @Test
  void version_2_skips_fields_and_checks_the_checksum() {
    byte[] fields = Bytes.concat(tlv(4), tlv(2, text("example.com")), tlv(0xe0, new byte[300]));
    assertThat(read(tcp("192.0.2.1", 1, fields))).isEqualTo(28 + 317 + 3 + " 192.0.2.1 1");
    byte[] header = checksummed("192.0.2.1", 1, fields);
    assertThat(read(header)).endsWith(" 192.0.2.1 1");
    header[20]++;
    assertThat(read(header)).isEqualTo("malformed");
    assertThat(read(tcp("192.0.2.1", 1, tlv(3, new byte[3])))).isEqualTo("malformed");
    assertThat(read(tcp("192.0.2.1", 1, (byte) 4, (byte) 0))).isEqualTo("malformed");
    assertThat(read(tcp("192.0.2.1", 1, (byte) 4, (byte) 0, (byte) 1))).isEqualTo("malformed");
  }

  @Test
  void version_2_that_senders_must_not_send_is_malformed() {
    assertThat(read(binary(0x11, 0x11, new byte[12]))).isEqualTo("malformed");
    assertThat(read(binary(0x22, 0x11, new byte[12]))).isEqualTo("malformed");
    assertThat(read(binary(0x21, 0x41, new byte[12]))).isEqualTo("malformed");
    assertThat(read(binary(0x21, 0x13, new byte[12]))).isEqualTo("malformed");
    assertThat(read(binary(0x21, 0x11, new byte[11]))).isEqualTo("malformed");
    assertThat(read(binary(0x21, 0x21, new byte[35]))).isEqualTo("malformed");
    assertThat(read(binary(0x20, 0, new byte[MAX_BYTES]))).isEqualTo("malformed");
  }

  @Test
  void bytes_before_the_buffer_s_position_do_not_count() {
    ByteBuffer bytes = ByteBuffer.wrap(Bytes.concat(text("xyz"), tcp("192.0.2.1", 7))).position(3);
    assertThat(ProxyHeader.read(bytes, MAX_BYTES))
        .isEqualTo(new ProxyHeader.Complete(28, new InetSocketAddress("192.0.2.1", 7)));
    assertThat(bytes.position()).isEqualTo(3);
  }

  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void every_malformation_is_read_as_the_model_reads_it(@ForAll("mutated") byte[] bytes) {
    assertThat(read(bytes)).isEqualTo(ProxyHeaderModel.read(bytes, MAX_BYTES));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void every_beginning_is_read_as_the_model_reads_it(@ForAll("valid") byte[] bytes) {
    for (int length = 0; length <= bytes.length; length++) {
      byte[] beginning = Arrays.copyOf(bytes, length);
      assertThat(read(beginning)).isEqualTo(ProxyHeaderModel.read(beginning, MAX_BYTES));
    }
  }

  @Property
  void every_version_command_and_family_is_read_as_the_model_reads_it(
      @ForAll byte command, @ForAll byte family, @ForAll @IntRange(max = 300) int length) {
    byte[] bytes = binary(command, family, new byte[length]);
    assertThat(read(bytes)).isEqualTo(ProxyHeaderModel.read(bytes, MAX_BYTES));
    bytes = binary(0x21, family, new byte[length]);
    assertThat(read(bytes)).isEqualTo(ProxyHeaderModel.read(bytes, MAX_BYTES));
  }

  @Provide
  Arbitrary<byte[]> valid() {
    return validHeaders();
  }

  @Provide
  Arbitrary<byte[]> mutated() {
    return Mutations.of(validHeaders());
  }

  static Arbitrary<byte[]> validHeaders() {
    Arbitrary<String> addresses =
        Arbitraries.of("192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "::");
    Arbitrary<Integer> ports = Arbitraries.integers().between(0, 65535);
    Arbitrary<byte[]> fields =
        Combinators.combine(
                Arbitraries.of(1, 2, 4, 5, 0x20, 0x30, 0xe0),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20))
            .as(ProxyHeaders::tlv);
    Arbitrary<byte[]> lines =
        Combinators.combine(addresses, ports)
            .as(
                (address, port) ->
                    "PROXY TCP%s %s %s %d 80\r\n"
                        .formatted(address.contains(":") ? "6" : "4", address, address, port))
            .map(line -> line.getBytes(StandardCharsets.ISO_8859_1));
    return Arbitraries.oneOf(
        lines,
        Arbitraries.of("PROXY UNKNOWN\r\n", "PROXY UNKNOWN ::1 ::1 1 2\r\n")
            .map(line -> line.getBytes(StandardCharsets.ISO_8859_1)),
        Combinators.combine(addresses, ports, fields).as(ProxyHeaders::tcp),
        Combinators.combine(addresses, ports, fields).as(ProxyHeaders::checksummed),
        fields.map(body -> binary(0x20, 0, body)));
  }
}
