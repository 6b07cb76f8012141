package io.stickycluster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.spi.HashStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Holds djb2 and int31 to what the npm originals computed: see src/test/vectors/generate.mjs. */
class NpmVectorsTest {

  @Test
  void djb2OfTextIsStringHash() throws IOException {
    for (String[] row : rows("djb2-text.tsv")) {
      byte[] key = HexFormat.of().parseHex(row[0]);
      assertHash(new Djb2().hashText(key, 0, key.length), row);
    }
  }

  @Test
  void djb2OfBytesIsStringHashOfTheirCharacters() throws IOException {
    for (String[] row : rows("djb2-bytes.tsv")) {
      byte[] key = HexFormat.of().parseHex(row[0]);
      assertHash(new Djb2().hash(key, 0, key.length), row);
    }
  }

  @Test
  void int31OfTextIsThatOfTheOriginalBenchmark() throws IOException {
    for (String[] row : rows("int31-text.tsv")) {
      byte[] key = HexFormat.of().parseHex(row[1]);
      assertHash(int31(row[0]).hashText(key, 0, key.length), row);
    }
  }

  @Test
  void int31OfBytesIsThatOfStickySession() throws IOException {
    for (String[] row : rows("int31-bytes.tsv")) {
      byte[] key = HexFormat.of().parseHex(row[1]);
      assertHash(int31(row[0]).hash(key, 0, key.length), row);
    }
  }

  private static HashStrategy int31(String seed) {
    return new Int31().seeded(Long.parseLong(seed));
  }

  private static void assertHash(int hash, String[] row) {
    assertThat(Integer.toUnsignedString(hash))
        .as(String.join(" ", row))
        .isEqualTo(row[row.length - 1]);
  }

  private static List<String[]> rows(String name) throws IOException {
    try (InputStream in = NpmVectorsTest.class.getResourceAsStream("/vectors/" + name)) {
      List<String[]> rows =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("\t", -1))
              .toList();
      assertThat(rows).hasSizeGreaterThan(800);
      return rows;
    }
  }
}
