package io.stickycluster.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.TransportSettings.Parking;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NioOptionsTest {

  private static NioOptions options(String handOver, Map<String, String> options) {
    return NioOptions.of(
        new TransportSettings(
            new InetSocketAddress(0),
            1,
            Path.of("."),
            handOver,
            null,
            new Parking(1, Duration.ofSeconds(1)),
            false,
            options));
  }

  @Test
  void theDefaultsAreWhatTheProviderSays() {
    NioOptions defaults = options("auto", Map.of());
    assertThat(defaults.loops()).isBetween(1, 2);
    assertThat(defaults.maxConnections()).isZero();
    assertThat(defaults.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.idleTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(defaults.halfClosedTimeout()).isEqualTo(Duration.ofSeconds(60));
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "60s,60000", "5m,300000", "1h,3600000"})
  void durationsHaveUnits(String text, long millis) {
    assertThat(options("bytes", Map.of("idle-timeout", text)).idleTimeout().toMillis())
        .isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({
    "loops,0", "loops,65", "loops,two", "max-connections,0", "max-connections,99999999999",
    "idle-timeout,0s", "idle-timeout,10", "idle-timeout,-1s", "connect-timeout,1d", "loop,2"
  })
  void whatIsOutOfRangeIsNamedInTheError(String name, String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options("auto", Map.of(name, value)))
        .withMessageContaining(name);
  }

  @Test
  void anotherRoadIsNotOnOffer() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options("listener", Map.of()))
        .withMessageContaining("auto and bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix:/tmp/x.sock", "inet:127.0.0.1:80", "inet:0:0:0:0:0:0:0:1:8080"})
  void addressesSurviveTheirNotation(String text) {
    assertThat(Addresses.format(Addresses.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unix",
        "inet:",
        "inet:80",
        "inet:127.0.0.1:",
        "inet:127.0.0.1:x",
        "inet:127.0.0.1:99999",
        "inet:10.0.0.1:80",
        "inet:127.0.0.1:0",
        "tcp:127.0.0.1:80"
      })
  void whatIsNoWorkersAddressIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Addresses.parse(text));
  }

  @Test
  void onlyAddressesOfThisMachineAreWritten() {
    assertThat(Addresses.format(new InetSocketAddress(8080))).isEqualTo("inet:127.0.0.1:8080");
    assertThat(Addresses.format(UnixDomainSocketAddress.of("/a/b"))).isEqualTo("unix:/a/b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Addresses.format(UnixDomainSocketAddress.of("")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Addresses.format(new InetSocketAddress("10.0.0.1", 80)));
  }
}
