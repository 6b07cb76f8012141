package io.stickycluster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Holds the strategies to their definitions for arbitrary keys. */
class StrategiesPropertiesTest {

  @Property
  void murmur3IsGuavas(@ForAll byte[] key, @ForAll int seed) {
    assertThat(new Murmur3().seeded(seed).hash(key, 0, key.length))
        .isEqualTo(Hashing.murmur3_32_fixed(seed).hashBytes(key).asInt());
  }

  @Property
  void siphashIsGuavas(@ForAll byte[] key, @ForAll long seed) {
    assertThat(new SipHash().hash(key, 0, key.length))
        .isEqualTo(Hashing.sipHash24().hashBytes(key).asInt());
    assertThat(new SipHash().seeded(seed).hash(key, 0, key.length))
        .isEqualTo(Hashing.sipHash24(seed, SipHash.secondKey(seed)).hashBytes(key).asInt());
  }

  @Property
  void farmhashIsGuavas(@ForAll byte[] key) {
    assertThat(new FarmHash().hash(key, 0, key.length))
        .isEqualTo(Hashing.farmHashFingerprint64().hashBytes(key).asInt());
  }

  @Property
  void djb2OfTextIsThatOfItsCodeUnits(@ForAll String text) {
    // A lone surrogate has no UTF-8: getBytes puts a question mark in its place.
    byte[] key = text.getBytes(StandardCharsets.UTF_8);
    String decoded = new String(key, StandardCharsets.UTF_8);
    int expected = 5381;
    for (int i = decoded.length() - 1; i >= 0; i--) {
      expected = expected * 33 ^ decoded.charAt(i);
    }
    assertThat(new Djb2().hashText(key, 0, key.length)).isEqualTo(expected);
  }

  @Property
  void djb2OfTextTakesAnyBytes(@ForAll byte[] key) {
    assertThat(new Djb2().hashText(key, 0, key.length))
        .isEqualTo(new Djb2().hashText(key.clone(), 0, key.length));
  }

  @Example
  void malformedUtf8CountsAsLatin1() {
    byte[][] malformed = {
      {(byte) 0x80},
      {(byte) 0xc3},
      {(byte) 0xc0, (byte) 0x80},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xff, 'a'},
      {(byte) 0xe2, (byte) 0x82},
    };
    for (byte[] key : malformed) {
      assertThat(new Djb2().hashText(key, 0, key.length))
          .isEqualTo(new Djb2().hash(key, 0, key.length));
    }
  }

  @Property
  void int31OfBytesEqualsItsDefinitionInDoubles(
      @ForAll @Size(max = 20) byte[] key,
      @ForAll @LongRange(min = -Int31.MAX_SEED, max = Int31.MAX_SEED) long seed) {
    double hash = seed;
    for (byte b : key) {
      hash = (hash + (b & 0xff)) % 2147483648.0;
      hash = (hash + (toInt32(hash) << 10)) % 2147483648.0;
      hash = toInt32(hash) ^ toInt32(hash) >> 6;
    }
    hash = (hash + (toInt32(hash) << 3)) % 2147483648.0;
    hash = toInt32(hash) ^ toInt32(hash) >> 11;
    hash = (hash + (toInt32(hash) << 15)) % 2147483648.0;
    assertThat(new Int31().seeded(seed).hash(key, 0, key.length)).isEqualTo(toInt32(hash));
  }

  private static int toInt32(double number) {
    return (int) (long) number;
  }

  @Property
  void int31OfTextTakesAnyBytes(@ForAll byte[] key) {
    assertThat(new Int31().hashText(key, 0, key.length))
        .isEqualTo(new Int31().hashText(key.clone(), 0, key.length));
  }

  @Property
  void int31OfAnIpv4TextIsThatOfItsBytes(@ForAll @Size(4) byte[] address) {
    byte[] text =
        "%d.%d.%d.%d"
            .formatted(address[0] & 0xff, address[1] & 0xff, address[2] & 0xff, address[3] & 0xff)
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(new Int31().hashText(text, 0, text.length))
        .isEqualTo(new Int31().hash(address, 0, 4));
  }

  @Example
  void aSeedOutOfRangeIsRefusedWithTheRange() {
    assertThatThrownBy(() -> new Int31().seeded(Int31.MAX_SEED + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-2^52 to 2^52");
    assertThatThrownBy(() -> new Murmur3().seeded(1L << 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-2147483648 to 4294967295: 4294967296");
  }
}
