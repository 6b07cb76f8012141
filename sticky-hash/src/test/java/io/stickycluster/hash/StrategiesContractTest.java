package io.stickycluster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.HashStrategyContract;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every strategy that ServiceLoader finds to the contract. */
class StrategiesContractTest {

  static Stream<Named<HashStrategy>> strategies() {
    return ServiceLoader.load(HashStrategy.class).stream()
        .map(ServiceLoader.Provider::get)
        .map(strategy -> Named.of(strategy.name(), strategy));
  }

  @Nested
  @ParameterizedClass(name = "{0}")
  @MethodSource("io.stickycluster.hash.StrategiesContractTest#strategies")
  class EveryStrategy extends HashStrategyContract {
    EveryStrategy(HashStrategy strategy) {
      super(strategy);
    }
  }

  @Test
  void theFiveStrategiesAreFound() {
    assertThat(strategies().map(Named::getName))
        .containsExactlyInAnyOrder("djb2", "farmhash", "int31", "murmur3", "siphash");
  }

  @Test
  void theModuleProvidesWhatTheServiceFileLists() throws IOException {
    try (InputStream descriptor = resource("/module-info.class");
        InputStream services = resource("/META-INF/services/io.stickycluster.spi.HashStrategy")) {
      assertThat(
              ModuleDescriptor.read(descriptor).provides().stream()
                  .filter(p -> p.service().equals(HashStrategy.class.getName()))
                  .flatMap(p -> p.providers().stream()))
          .containsExactlyInAnyOrderElementsOf(
              new String(services.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }

  /** Of this module, whatever else is on the class path. */
  private static InputStream resource(String path) throws IOException {
    return java.net
        .URI
        .create(Djb2.class.getProtectionDomain().getCodeSource().getLocation() + path)
        .toURL()
        .openStream();
  }
}
