package io.stickycluster.bench.hash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.spi.HashStrategy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasurementTest {

  @Test
  void theFiguresAreThoseOfTheCounts() {
    Population block = Population.block(4_096, KeyForm.BYTES);
    Measurement even = measure(block, (key, offset) -> key[offset + 3]);
    assertThat(even.counts()).containsOnly(1_024);
    assertThat(even.chiSquare()).isZero();
    assertThat(even.maxOverMean()).isEqualTo(1);
    Measurement uneven = measure(block, (key, offset) -> 1);
    assertThat(uneven.counts()).containsExactly(0, 4_096, 0, 0);
    assertThat(uneven.chiSquare()).isCloseTo(3 * 4_096, within(1e-6));
    assertThat(uneven.maxOverMean()).isEqualTo(4);
    assertThat(uneven.minOverMean()).isZero();
  }

  @Test
  void textsAndBytesOfThePopulationsAreThoseOfTheSameAddresses() {
    Population texts = Population.mixedAsOriginal(new Random(5), 10);
    Population bytes = Population.mixed(new Random(5), 10);
    int textStart = 0;
    int byteStart = 0;
    for (int i = 0; i < 10; i++) {
      String text = new String(texts.keys(), textStart, texts.ends()[i] - textStart, US_ASCII);
      assertThat(Addresses.parse(text))
          .isEqualTo(Arrays.copyOfRange(bytes.keys(), byteStart, bytes.ends()[i]));
      textStart = texts.ends()[i];
      byteStart = bytes.ends()[i];
    }
  }

  @Test
  void gatewaysEndInOneAndAreAllDifferent() {
    Population gateways = Population.gateways(new Random(1), 1_000, KeyForm.BYTES);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      assertThat(gateways.keys()[4 * i + 3]).isEqualTo((byte) 1);
      seen.add(Arrays.hashCode(Arrays.copyOfRange(gateways.keys(), 4 * i, 4 * i + 4)));
    }
    assertThat(seen).hasSize(1_000);
  }

  @Test
  void someZipfClientsComeFarMoreOftenThanOthers() {
    Population zipf = Population.zipf(new Random(1), 10_000, KeyForm.BYTES);
    Measurement byClient =
        measure(
            zipf, (key, offset) -> Arrays.hashCode(Arrays.copyOfRange(key, offset, offset + 4)));
    assertThat(byClient.maxOverMean()).isGreaterThan(1.2);
    assertThat(zipf.count()).isEqualTo(10_000);
  }

  private interface Hash {
    int of(byte[] key, int offset);
  }

  private static Measurement measure(Population population, Hash hash) {
    HashStrategy strategy =
        new HashStrategy() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public int hash(byte[] key, int offset, int length) {
            return hash.of(key, offset);
          }
        };
    return Measurement.of(
        ScatterLoop.copy(),
        strategy,
        Balancers.load().require(Balancers.MODULO).create(4, index -> 0),
        population);
  }
}
