package io.stickycluster.internal.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import com.google.common.primitives.Bytes;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.KeyReader.NeedMore;
import io.stickycluster.spi.KeyReader.Reject;
import io.stickycluster.spi.KeyReader.Verdict;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadKeyReaderTest {

  private static final String PROXY = "10.0.0.1";
  private static final String STRANGER = "192.0.2.9";
  private static final String XFF = "header:X-Forwarded-For";

  static KeyReader reader(String spec) {
    return Objects.requireNonNull(
        KeySpec.parse(spec)
            .reader(TrustedNetworks.parse("10.0.0.0/8"), 1024, KeySpec.DEFAULT_DEADLINE));
  }

  private static Verdict read(String spec, String peer, byte[] head, boolean last) {
    return reader(spec).read(ByteBuffer.wrap(head), new InetSocketAddress(peer, 4711), last);
  }

  /** Says a verdict in a few words. */
  static String say(Verdict verdict) {
    if (verdict instanceof Found found) {
      byte[] key = found.key();
      String said =
          found.isAddress()
              ? InetAddresses.toAddrString(Addresses.of(key))
              : "text " + new String(key, ISO_8859_1);
      return found.consumedBytes() == 0 ? said : said + " behind " + found.consumedBytes();
    }
    return verdict instanceof Reject ? "reject" : "more";
  }

  private static String say(String spec, String peer, String head) {
    return say(read(spec, peer, head.getBytes(ISO_8859_1), false));
  }

  private static String get(String... headerLines) {
    return "GET /a?b=c HTTP/1.1\r\n" + String.join("", headerLines) + "\r\n";
  }

  private static String xff(String peer, String... values) {
    StringBuilder lines = new StringBuilder();
    for (String value : values) {
      lines.append("X-Forwarded-For: ").append(value).append("\r\n");
    }
    return say(XFF, peer, get(lines.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          203.0.113.7                     | 203.0.113.7
          203.0.113.7:5678                | 203.0.113.7
          6.6.6.6, 203.0.113.7            | 203.0.113.7
          6.6.6.6, 203.0.113.7, 10.9.9.9  | 203.0.113.7
          10.1.1.1, 10.2.2.2              | 10.1.1.1
          '6.6.6.6 ,, 203.0.113.7 , '     | 203.0.113.7
          garbage, 203.0.113.7            | 203.0.113.7
          2001:db8::7                     | 2001:db8::7
          [2001:db8::7]                   | 2001:db8::7
          [2001:db8::7]:443               | 2001:db8::7
          fe80::1%eth0                    | fe80::1
          [fe80::1%25eth0]:80             | fe80::1
          ::ffff:203.0.113.7              | 203.0.113.7
          """)
  void the_rightmost_address_that_is_not_trusted_is_the_client(String value, String key) {
    assertThat(xff(PROXY, value)).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unknown",
        "203.0.113.7, unknown",
        "_hidden",
        "client.example.com",
        "203.0.113.7:99999",
        "203.0.113.7:",
        "203.0.113",
        "[2001:db8::7",
        "[203.0.113.7]",
        "2001:db8::7]",
        "fe80::1%",
        "203.0.113.7 6.6.6.6",
        "\"203.0.113.7\"",
        "203.0.113.7;10.0.0.1",
        "٣",
        "",
        ",",
        " , ,"
      })
  void what_is_no_address_leaves_the_connection_s_own(String value) {
    assertThat(xff(PROXY, value)).isEqualTo(PROXY);
  }

  @Test
  void lines_of_one_name_count_as_one_in_their_order() {
    assertThat(xff(PROXY, "6.6.6.6", "203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(xff(PROXY, "6.6.6.6", "203.0.113.7", "10.3.3.3, 10.4.4.4")).isEqualTo("203.0.113.7");
    assertThat(say(XFF, PROXY, get("x-FORWARDED-for:203.0.113.7\r\n"))).isEqualTo("203.0.113.7");
    assertThat(say(XFF, PROXY, get("X-Forwarded-Fort: 203.0.113.7\r\n"))).isEqualTo(PROXY);
  }

  @Test
  void a_claim_of_somebody_not_trusted_is_not_heard() {
    assertThat(xff(STRANGER, "203.0.113.7")).isEqualTo(STRANGER);
    assertThat(xff(STRANGER, "10.0.0.1")).isEqualTo(STRANGER);
    assertThat(say("header:Forwarded", STRANGER, get("Forwarded: for=203.0.113.7\r\n")))
        .isEqualTo(STRANGER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          for=203.0.113.7                                   | 203.0.113.7
          For="203.0.113.7:80";proto=http;by=10.0.0.1       | 203.0.113.7
          by=10.0.0.1; for="[2001:db8::7]:_port"            | 2001:db8::7
          for=6.6.6.6, for=203.0.113.7                      | 203.0.113.7
          for=203.0.113.7, for="10.0.0.9";by="a,b"          | 203.0.113.7
          for="6.6.6.6, for=203.0.113.7                     | 203.0.113.7
          for=unknown                                       | 10.0.0.1
          for=203.0.113.7, for=_hidden                      | 10.0.0.1
          proto=http                                        | 10.0.0.1
          for=203.0.113.7;for=6.6.6.6                       | 10.0.0.1
          203.0.113.7                                       | 10.0.0.1
          for="203.0.113.7                                  | 10.0.0.1
          for=                                              | 10.0.0.1
          """)
  void forwarded_is_read_like_a_chain_of_for_parameters(String value, String key) {
    assertThat(say("header:Forwarded", PROXY, get("Forwarded: " + value + "\r\n"))).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 203.0.113.7\r\n , 6.6.6.6\r\n",
        "A: b\r\n c\r\nX-Forwarded-For: 203.0.113.7\r\n",
        "X-Forwarded-For: 203.0.113.7\n",
        "X-Forwarded-For : 203.0.113.7\r\n",
        " X-Forwarded-For: 203.0.113.7\r\n",
        "X-Forwarded-For: 203.0.113.7\rX: y\r\n",
        "X-Forwarded-For: 203.0.113.7\0\r\n",
        "X-Forwarded-For: 203.0.113.7\r\nno colon\r\n",
        "X-Forwarded-For: 203.0.113.7\r\n: no name\r\n",
        "X-Forwarded-For: 203.0.113.7\r\nX\0: y\r\n",
      })
  void an_ambiguous_head_leaves_the_connection_s_own_address(String lines) {
    assertThat(say(XFF, PROXY, get(lines))).isEqualTo(PROXY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sid=abc                 | text abc
          a=b; sid=abc            | text abc
          a=b;sid=abc;c=d         | text abc
          sid=abc; sid=xyz        | text abc
          SID=xyz; sid=abc        | text abc
          xsid=1; sid=abc         | text abc
          sid="abc"               | text abc
          sid="abc                | text "abc
          sid = abc               | text abc
          sid=a=b=                | text a=b=
          sid; a=b                | 192.0.2.9
          sid=                    | 192.0.2.9
          sid=""                  | 192.0.2.9
          Sid=abc                 | 192.0.2.9
          a="sid=1"               | 192.0.2.9
          ;;;                     | 192.0.2.9
          """)
  void a_cookie_is_found_by_its_exact_name(String cookies, String key) {
    assertThat(say("cookie:sid", STRANGER, get("cOOkie: " + cookies + "\r\n"))).isEqualTo(key);
  }

  @Test
  void a_line_that_is_continued_has_no_key() {
    assertThat(say("cookie:sid", STRANGER, get("Cookie: sid=abc\r\n def\r\n"))).isEqualTo(STRANGER);
    assertThat(say("header:X", STRANGER, get("X: abc\r\n\tdef\r\n"))).isEqualTo(STRANGER);
    assertThat(say("query:sid", STRANGER, "GET /?sid=a HTTP/1.1\r\n A: b\r\n\r\n"))
        .isEqualTo(STRANGER);
  }

  @Test
  void the_first_of_several_cookie_lines_with_the_name_counts() {
    assertThat(say("cookie:s", STRANGER, get("Cookie: a=b\r\n", "Cookie: s=1\r\nCookie: s=2\r\n")))
        .isEqualTo("text 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /socket.io/?EIO=4&transport=polling&sid=abc | text abc
          /?sid=abc&sid=xyz                           | text abc
          http://host/?sid=abc                        | text abc
          /?sid=a%20b                                 | text a%20b
          /?sid=abc#sid=x                             | text abc
          /?xsid=abc                                  | 192.0.2.9
          /?SID=abc                                   | 192.0.2.9
          /?sid                                       | 192.0.2.9
          /?sid=                                      | 192.0.2.9
          /sid=abc                                    | 192.0.2.9
          *                                           | 192.0.2.9
          """)
  void a_query_parameter_is_found_by_its_exact_name(String target, String key) {
    assertThat(say("query:sid", STRANGER, "GET " + target + " HTTP/1.1\r\nH: h\r\n\r\n"))
        .isEqualTo(key);
  }

  @Test
  void a_header_s_text_is_a_key_and_the_first_line_counts() {
    String head = get("X-User:  Jane Doe \r\n", "x-user: other\r\n");
    assertThat(say("header:X-User", STRANGER, head)).isEqualTo("text Jane Doe");
    assertThat(say("header:X-User", STRANGER, get("X-User: \r\n"))).isEqualTo(STRANGER);
  }

  @Test
  void the_first_entry_that_finds_a_key_counts() {
    String spec = "cookie:sid,header:X-Forwarded-For,ip";
    String xff = "X-Forwarded-For: 203.0.113.7\r\n";
    assertThat(say(spec, PROXY, get(xff, "Cookie: sid=abc\r\n"))).isEqualTo("text abc");
    assertThat(say(spec, PROXY, get(xff))).isEqualTo("203.0.113.7");
    assertThat(say(spec, PROXY, get())).isEqualTo(PROXY);
    assertThat(say(spec, STRANGER, get(xff))).isEqualTo(STRANGER);
  }

  @Test
  void the_worker_sees_the_forwarded_address_whichever_entry_finds_the_key() {
    String xff = "X-Forwarded-For: 203.0.113.7:99\r\n";
    for (String cookie : new String[] {"", "Cookie: sid=abc\r\n"}) {
      byte[] head = get(cookie, xff).getBytes(ISO_8859_1);
      assertThat(client("cookie:sid," + XFF, PROXY, head))
          .isEqualTo(new InetSocketAddress("203.0.113.7", 99));
      assertThat(client("cookie:sid," + XFF, STRANGER, head))
          .isEqualTo(new InetSocketAddress(STRANGER, 4711));
      assertThat(client("cookie:sid", PROXY, head)).isEqualTo(new InetSocketAddress(PROXY, 4711));
    }
  }

  private static InetSocketAddress client(String spec, String peer, byte[] head) {
    return ((Found) read(spec, peer, head, false)).client();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cookie:sid | 'GET / HTTP/1.1\r\nCookie: sid=abc\r\nH'
          query:sid  | 'GET /?sid=abc HTTP/1.1\r\nH'
          """)
  void reading_stops_where_the_key_is_found(String spec, String head) {
    assertThat(say(spec, STRANGER, head)).isEqualTo("text abc");
    assertThat(say(spec, STRANGER, head.substring(0, head.length() - 1))).isEqualTo("more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001",
        "PRI ",
        "\0",
        "\n",
        "\r\n",
        "get ",
        "GET  ",
        "GET /\r",
        "GET /a b",
        "GET / HTTP/2",
        "GET / HTTP/1.x",
        "GET / HTTP/1.1 ",
        "GET / HTTP/1.1\n",
        "SSH-2",
        "*1",
        "ABCDEFGHIJKLMNOPQRSTUVWXY",
        "GET \u007f",
        "GET / HTTP/1.1\r\n folded"
      })
  void what_cannot_be_http_goes_by_address_at_once(String head) {
    assertThat(say("cookie:sid", STRANGER, head)).isEqualTo(STRANGER);
    assertThat(say("query:sid", STRANGER, head)).isEqualTo(STRANGER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "PR", "PROPFIND /", "M-SEARCH * HTTP/1.", "GET / HTTP/1.0\r\n"})
  void what_may_become_http_is_waited_for_until_the_last_byte(String head) {
    assertThat(say("cookie:sid", STRANGER, head)).isEqualTo("more");
    assertThat(say(read("cookie:sid", STRANGER, head.getBytes(ISO_8859_1), true)))
        .isEqualTo(STRANGER);
  }

  @Test
  void a_head_over_the_bound_goes_by_address() {
    String head = get("A: " + "b".repeat(1024) + "\r\n", "Cookie: sid=abc\r\n");
    assertThat(say("cookie:sid", STRANGER, head)).isEqualTo(STRANGER);
    assertThat(say("cookie:sid", STRANGER, head.substring(0, 1024))).isEqualTo(STRANGER);
    assertThat(say("cookie:sid", STRANGER, head.substring(0, 1023))).isEqualTo("more");
  }

  @Test
  void a_head_of_more_than_128_lines_is_read_no_further() {
    String cookie = "Cookie: sid=abc\r\n";
    assertThat(say("cookie:sid", STRANGER, get("a:\r\n".repeat(127), cookie)))
        .isEqualTo("text abc");
    assertThat(say("cookie:sid", STRANGER, get("a:\r\n".repeat(128), cookie))).isEqualTo(STRANGER);
  }

  @Test
  void a_proxy_header_from_a_trusted_peer_is_consumed() {
    byte[] header = ProxyHeaders.tcp("203.0.113.7", 55);
    assertThat(say(read("proxy", PROXY, header, false))).isEqualTo("203.0.113.7 behind 28");
    assertThat(client("proxy", PROXY, header)).isEqualTo(new InetSocketAddress("203.0.113.7", 55));
    assertThat(say("proxy", PROXY, "PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n\u0016"))
        .isEqualTo("203.0.113.7 behind 37");
    assertThat(say("proxy", PROXY, "PROXY UNKNOWN\r\n")).isEqualTo("10.0.0.1 behind 15");
    byte[] local = ProxyHeaders.binary(0x20, 0, new byte[0]);
    assertThat(say(read("proxy", PROXY, local, false))).isEqualTo("10.0.0.1 behind 16");
  }

  @Test
  void a_proxy_header_from_anyone_else_is_passed_on_and_changes_nothing() {
    byte[] header = ProxyHeaders.tcp("203.0.113.7", 55);
    assertThat(say(read("proxy", STRANGER, header, false))).isEqualTo(STRANGER);
    assertThat(say(read("proxy", STRANGER, new byte[0], false))).isEqualTo(STRANGER);
    byte[] request = Bytes.concat(header, get("Cookie: sid=a\r\n").getBytes(ISO_8859_1));
    assertThat(say(read("cookie:sid,proxy", STRANGER, request, false))).isEqualTo(STRANGER);
  }

  @Test
  void a_trusted_peer_without_a_whole_proxy_header_is_rejected() {
    assertThat(say("proxy", PROXY, "GET / HTTP/1.1\r\n")).isEqualTo("reject");
    assertThat(say("proxy", PROXY, "PROXY TCP4 x x 1 2\r\n")).isEqualTo("reject");
    assertThat(say("proxy", PROXY, "PROXY TCP4 ")).isEqualTo("more");
    assertThat(say(read("proxy", PROXY, "PROXY".getBytes(ISO_8859_1), true))).isEqualTo("reject");
    assertThat(say(read("proxy", PROXY, new byte[0], true))).isEqualTo("reject");
    assertThat(say(read("proxy", PROXY, ProxyHeaders.binary(0x20, 0, new byte[1009]), false)))
        .isEqualTo("reject");
  }

  @Test
  void what_the_proxy_header_tells_is_the_connection_s_address_for_the_rest() {
    String v1 = "PROXY TCP4 %s 10.0.0.1 1 2\r\n";
    String xff = get("X-Forwarded-For: 203.0.113.7\r\n");
    String spec = "cookie:sid," + XFF + ",proxy";
    assertThat(say(spec, PROXY, v1.formatted("10.5.5.5") + xff)).isEqualTo("203.0.113.7 behind 34");
    assertThat(say(spec, PROXY, v1.formatted("8.8.8.8") + xff)).isEqualTo("8.8.8.8 behind 33");
    assertThat(say(spec, PROXY, v1.formatted("8.8.8.8") + get("Cookie: sid=a\r\n")))
        .isEqualTo("text a behind 33");
  }

  @Test
  void an_ipv4_mapped_peer_is_its_ipv4_address() {
    byte[] mapped = InetAddresses.forString("2001:db8::1").getAddress();
    Arrays.fill(mapped, (byte) 0);
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = mapped[15] = 1;
    InetAddress address = mappedAddress(mapped);
    Verdict verdict =
        reader("cookie:sid").read(ByteBuffer.allocate(1), new InetSocketAddress(address, 1), true);
    assertThat(((Found) verdict).key()).containsExactly(1, 0, 0, 1);
  }

  private static InetAddress mappedAddress(byte[] bytes) {
    try {
      return Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void a_buffer_is_read_from_position_to_limit_and_left_as_it_is() {
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocate(200), ByteBuffer.allocateDirect(200)}) {
      buffer.put("xx".getBytes(ISO_8859_1)).put(ProxyHeaders.tcp("203.0.113.7", 1));
      buffer.put(get("Cookie: sid=abc\r\n").getBytes(ISO_8859_1)).flip().position(2);
      int limit = buffer.limit();
      Verdict verdict =
          reader("cookie:sid,proxy").read(buffer, new InetSocketAddress(PROXY, 1), false);
      assertThat(say(verdict)).isEqualTo("text abc behind 28");
      assertThat(buffer.position()).isEqualTo(2);
      assertThat(buffer.limit()).isEqualTo(limit);
    }
  }

  @Test
  void an_unresolved_peer_goes_by_its_name() {
    Verdict verdict =
        reader("proxy")
            .read(ByteBuffer.allocate(0), InetSocketAddress.createUnresolved("peer", 1), false);
    assertThat(say(verdict)).isEqualTo("text peer");
    assertThat(verdict).isNotInstanceOf(NeedMore.class);
  }
}
