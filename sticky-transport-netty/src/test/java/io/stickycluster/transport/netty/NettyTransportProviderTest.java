package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.spi.TransportProvider;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.TransportSettings.Parking;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class NettyTransportProviderTest {

  @Test
  void itIsFoundByTheServiceLoaderAndDeclaredByTheModule() throws URISyntaxException {
    assertThat(ServiceLoader.load(TransportProvider.class))
        .extracting(TransportProvider::name)
        .contains("netty");
    Path classes =
        Path.of(
            NettyTransportProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    var module = ModuleFinder.of(classes).find("io.stickycluster.transport.netty").orElseThrow();
    assertThat(module.descriptor().provides())
        .singleElement()
        .satisfies(
            provides -> {
              assertThat(provides.service()).isEqualTo(TransportProvider.class.getName());
              assertThat(provides.providers())
                  .isEqualTo(List.of(NettyTransportProvider.class.getName()));
            });
  }

  @Test
  void handOversOfOtherTransportsAreRefusedWithItsOwn() {
    var provider = new NettyTransportProvider();
    assertThatThrownBy(() -> provider.create(settings("bytes"), new TestRouter(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "transport netty has no hand-over 'bytes'; choose one of auto, listener, connection");
  }

  @Test
  void aMasterWithoutItsDirectoryFailsWithoutLeavingThePortOpen() throws IOException {
    long before = TestCluster.openSockets();
    try (var transport = new NettyTransportProvider().create(settings("auto"), new TestRouter(2))) {
      assertThatThrownBy(transport::bind).isInstanceOf(IOException.class);
    }
    assertThat(TestCluster.openSockets()).isLessThanOrEqualTo(before);
  }

  private static TransportSettings settings(String handOver) {
    return new TransportSettings(
        new InetSocketAddress(TestCluster.LOOPBACK, 0),
        16,
        Path.of("/nonexistent"),
        handOver,
        null,
        new Parking(1, Duration.ofSeconds(1)),
        false,
        Map.of());
  }
}
