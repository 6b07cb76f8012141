package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts that need no server. */
class SmallPartsTest {

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "60s,PT1M", "60,PT1M", "2m,PT2M", "1H,PT1H", "0,PT0S"})
  void timesAreReadAsPeopleWriteThem(String text, Duration time) {
    assertThat(Durations.parse(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-1s", "1.5s", "1d", "10000000000s", "PT1S"})
  void whatIsNoTimeIsNamed(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,10.0.0.1",
    "::1,::1",
    "2001:db8:0:0:0:0:0:7,2001:db8::7",
    "fe80::1,fe80::1"
  })
  void addressesAreWrittenShort(String literal, String text) throws UnknownHostException {
    assertThat(ClientAddress.text(new InetSocketAddress(InetAddress.getByName(literal), 1)))
        .isEqualTo(text);
  }

  @Test
  void anAddressThatIsNoIpAddressIsUnknown() {
    assertThat(ClientAddress.text(new SocketAddress() {})).isEqualTo("unknown");
    assertThat(ClientAddress.text(InetSocketAddress.createUnresolved("somewhere", 1)))
        .isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({
    "Ada,Ada",
    "' Ada\tLovelace\n',Ada Lovelace",
    "12345678,12345678",
    "🙂🙂🙂🙂,🙂🙂🙂🙂"
  })
  void textOfPeopleIsCleaned(String text, String clean) {
    assertThat(ChatRoom.clean(text, 8 + 6)).hasValue(clean);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\u0000\n", "123456789"})
  void emptyAndLongTextIsRefused(String text) {
    assertThat(ChatRoom.clean(text, 8)).isEmpty();
  }

  @Test
  void everyIndexHasARoomOfItsOwn() {
    assertThat(
            java.util.stream.IntStream.range(0, 100)
                .mapToObj(index -> ChatProgram.environment(index).get("CHAT_ROOM")))
        .doesNotHaveDuplicates();
  }
}
