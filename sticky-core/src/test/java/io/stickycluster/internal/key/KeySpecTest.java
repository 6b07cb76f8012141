package io.stickycluster.internal.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.spi.BalancerProvider;
import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractorProvider;
import io.stickycluster.spi.KeyReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySpecTest {

  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private record Provider(String name, KeyExtractor extractor) implements KeyExtractorProvider {
    @Override
    public String argument() {
      return "";
    }

    @Override
    public KeyExtractor create(String argument) {
      return extractor;
    }
  }

  @Test
  void an_address_in_the_packet_needs_no_reader() {
    assertThat(KeySpec.parse("ip").isInPacket()).isTrue();
    assertThat(KeySpec.parse("ip").reader(TrustedNetworks.NONE, 1024, DEADLINE)).isNull();
    assertThat(KeySpec.IP.isInPacket()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          proxy                                 | true
          header:X-Forwarded-For                | true
          header:x-forwarded-for,ip             | true
          header:Forwarded                      | true
          header:X-User                         | false
          cookie:sid                            | false
          query:sid                             | false
          cookie:sid, header:X-Forwarded-For,ip | true
          cookie:sid,proxy                      | true
          """)
  void every_other_key_is_read_and_some_need_trust(String spec, boolean needsTrust) {
    KeySpec key = KeySpec.parse(spec);
    assertThat(key.isInPacket()).isFalse();
    assertThat(key.needsTrust()).isEqualTo(needsTrust);
    KeyReader reader = key.reader(TrustedNetworks.LOOPBACK, 1024, DEADLINE);
    assertThat(reader).isNotNull();
    assertThat(reader.maxHeadBytes()).isEqualTo(1024);
    assertThat(reader.deadline()).isEqualTo(DEADLINE);
    assertThat(key).hasToString(spec);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ipp", "IP", "cookies:sid", "cookie:sid,,ip", "cookie:sid,", "text"})
  void an_unknown_key_is_refused_with_a_list_of_those_there_are(String spec) {
    assertThatThrownBy(() -> KeySpec.parse(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Key '" + spec + "': there is no '")
        .hasMessageEndingWith(
            "there are ip, proxy, cookie:NAME, header:NAME, query:NAME, and lists of these with"
                + " commas between");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cookie",
        "cookie:",
        "cookie:a b",
        "cookie:a=b",
        "header:",
        "header:a:b",
        "header: X",
        "query",
        "query:a=b",
        "query:a&b",
        "query:ä"
      })
  void a_missing_or_wrong_name_is_refused_with_what_to_write(String spec) {
    assertThatThrownBy(() -> KeySpec.parse(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not the name of a")
        .hasMessageMatching("Key '.*; write (cookie|header|query):NAME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip,cookie:sid", "proxy,header:X-Forwarded-For", "ip,ip", "ip,proxy"})
  void nothing_may_follow_what_always_finds_a_key(String spec) {
    assertThatThrownBy(() -> KeySpec.parse(spec)).hasMessageEndingWith("so it has to stand last");
  }

  @Test
  void a_key_told_by_proxies_needs_a_trusted_network() {
    assertThatThrownBy(() -> KeySpec.parse("proxy").reader(TrustedNetworks.NONE, 1024, DEADLINE))
        .hasMessage(
            "Key 'proxy' is told by proxies, but no network is trusted; name the proxies' networks,"
                + " such as trust=loopback");
  }

  @Test
  void bounds_out_of_range_are_refused_with_the_range() {
    KeySpec key = KeySpec.parse("cookie:sid");
    assertThatThrownBy(() -> key.reader(TrustedNetworks.NONE, 255, DEADLINE))
        .hasMessageContaining("from 256 to 1048576");
    assertThatThrownBy(() -> key.reader(TrustedNetworks.NONE, 1 << 21, DEADLINE))
        .hasMessageContaining("from 256 to 1048576");
    assertThatThrownBy(() -> key.reader(TrustedNetworks.NONE, 1024, Duration.ZERO))
        .hasMessageContaining("more than zero");
  }

  @Test
  void an_own_extractor_sees_bytes_that_are_not_http() {
    KeyExtractor firstByte =
        head ->
            head.bytes().hasRemaining()
                ? new KeyExtractor.Text(new byte[] {head.bytes().get()})
                : KeyExtractor.Missing.NEED_MORE;
    KeyReader.Verdict verdict = readWith(firstByte, "\u0016\u0003");
    assertThat(((KeyReader.Found) verdict).key()).containsExactly(0x16);
    assertThat(((KeyReader.Found) verdict).isAddress()).isFalse();
    assertThat(readWith(firstByte, "")).isInstanceOf(KeyReader.NeedMore.class);
  }

  @Test
  void an_own_extractor_that_throws_leaves_the_address() {
    KeyReader.Verdict verdict =
        readWith(
            head -> {
              throw new IllegalStateException("on purpose");
            },
            "GET / HTTP/1.1\r\n\r\n");
    assertThat(((KeyReader.Found) verdict).key()).containsExactly(192, 0, 2, 9);
  }

  private static KeyReader.Verdict readWith(KeyExtractor extractor, String head) {
    KeyReader reader =
        KeySpec.parse("own", List.of(new Provider("own", extractor)))
            .reader(TrustedNetworks.NONE, 1024, DEADLINE);
    return Objects.requireNonNull(reader)
        .read(
            ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)),
            new InetSocketAddress("192.0.2.9", 4711),
            false);
  }

  @Test
  void two_extractors_of_one_name_are_refused_by_their_classes() {
    KeyExtractor absent = head -> KeyExtractor.Missing.ABSENT;
    List<KeyExtractorProvider> providers =
        List.of(new Provider("own", absent), new Provider("own", absent));
    assertThatThrownBy(() -> KeySpec.parse("own", providers))
        .hasMessageContaining(Provider.class.getName())
        .hasMessageContaining("remove one");
  }

  @ParameterizedTest
  @ValueSource(classes = {KeyExtractorProvider.class, BalancerProvider.class})
  void the_module_and_the_class_path_provide_the_same(Class<?> service) throws IOException {
    URL classes = KeySpec.class.getProtectionDomain().getCodeSource().getLocation();
    try (InputStream module = new URL(classes, "module-info.class").openStream();
        InputStream file =
            new URL(classes, "META-INF/services/" + service.getName()).openStream()) {
      List<String> provided =
          ModuleDescriptor.read(module).provides().stream()
              .filter(provides -> provides.service().equals(service.getName()))
              .flatMap(provides -> provides.providers().stream())
              .toList();
      String[] lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip().split("\n");
      assertThat(provided).isNotEmpty().containsExactlyInAnyOrder(lines);
    }
  }
}
