package io.stickycluster.internal.key;

import com.google.common.primitives.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Breaks bytes in the ways networks, mistakes and attackers do. */
final class Mutations {

  private Mutations() {}

  private record Mutation(int kind, double where, String text) {

    byte[] apply(byte[] original) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      int at = (int) (where * original.length);
      byte[] before = Arrays.copyOf(original, at);
      int after = Math.min(original.length, at + (kind == 0 ? 0 : bytes.length));
      byte[] rest = Arrays.copyOfRange(original, after, original.length);
      return switch (kind) {
        case 0, 1 -> Bytes.concat(before, bytes, rest); // insert, replace
        case 2 -> Bytes.concat(before, rest); // cut out
        default -> before; // cut off
      };
    }
  }

  /** Bytes with up to three mutations, none in some cases. */
  static Arbitrary<byte[]> of(Arbitrary<byte[]> originals) {
    Arbitrary<String> marks =
        Arbitraries.of(
            "\r",
            "\n",
            "\r\n",
            " ",
            "\t",
            ",",
            ";",
            ":",
            "=",
            "\"",
            "\\",
            "%",
            "[",
            "]",
            "0",
            "256",
            "65536",
            "unknown",
            "_hidden",
            "\0",
            "\u0080",
            "ÿ",
            "\r\n ",
            "\r\n\r\n",
            "\r\nX-Forwarded-For: 203.0.113.66\r\n",
            "TCP4",
            "TCP6",
            "UNKNOWN",
            "::");
    Arbitrary<String> noise =
        Arbitraries.strings().withCharRange('\0', 'ÿ').ofMinLength(1).ofMaxLength(4);
    Arbitrary<Mutation> mutations =
        Combinators.combine(
                Arbitraries.integers().between(0, 3),
                Arbitraries.doubles().between(0, 1),
                Arbitraries.oneOf(marks, noise))
            .as(Mutation::new);
    return Combinators.combine(originals, mutations.list().ofMaxSize(3))
        .as(
            (original, applied) -> {
              byte[] bytes = original;
              for (Mutation mutation : applied) {
                bytes = mutation.apply(bytes);
              }
              return bytes;
            });
  }
}
