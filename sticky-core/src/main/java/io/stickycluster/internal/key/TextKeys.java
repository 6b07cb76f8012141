package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractor.Missing;
import io.stickycluster.spi.KeyExtractor.Result;
import io.stickycluster.spi.RequestHead;
import io.stickycluster.spi.RequestHead.Progress;
import java.nio.ByteBuffer;

/** What the extractors of text keys have in common. */
final class TextKeys {

  private TextKeys() {}

  /**
   * Checks a name.
   *
   * @throws IllegalArgumentException if it isn't a token of RFC 9110
   */
  static void requireToken(String name, String kind) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("'" + name + "' is not the name of a " + kind);
    }
  }

  /** Returns these bytes as a key; without any, there is none. */
  static Result key(ByteBuffer value) {
    if (!value.hasRemaining()) {
      return Missing.ABSENT;
    }
    byte[] key = new byte[value.remaining()];
    value.get(key);
    return new KeyExtractor.Text(key);
  }

  /** Returns what to say if the head doesn't have it so far. */
  static Result missing(RequestHead head) {
    return head.progress() == Progress.PARTIAL ? Missing.NEED_MORE : Missing.ABSENT;
  }

  /**
   * Finds {@code name=value} among pairs; the first pair of this name counts.
   *
   * @param pairs pairs from position to limit, which change
   * @param separator what stands between pairs, with blanks around it dropped
   * @return whether position and limit now enclose the value
   */
  static boolean narrow(ByteBuffer pairs, char separator, String name) {
    int end = pairs.limit();
    for (int start = pairs.position(); start <= end; ) {
      int pairEnd = indexOf(pairs, separator, start, end);
      int equals = indexOf(pairs, '=', start, pairEnd);
      if (equals < pairEnd && isName(pairs, start, equals, name)) {
        pairs.limit(pairEnd).position(equals + 1);
        trim(pairs);
        return true;
      }
      start = pairEnd + 1;
    }
    return false;
  }

  /** Returns where the first such byte is, or the end. */
  static int indexOf(ByteBuffer bytes, char wanted, int start, int end) {
    int at = start;
    while (at < end && bytes.get(at) != wanted) {
      at++;
    }
    return at;
  }

  private static boolean isName(ByteBuffer bytes, int start, int end, String name) {
    int from = start;
    int to = end;
    while (from < to && isBlank(bytes.get(from))) {
      from++;
    }
    while (to > from && isBlank(bytes.get(to - 1))) {
      to--;
    }
    if (to - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes.get(from + i) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static void trim(ByteBuffer bytes) {
    while (bytes.hasRemaining() && isBlank(bytes.get(bytes.position()))) {
      bytes.get();
    }
    while (bytes.hasRemaining() && isBlank(bytes.get(bytes.limit() - 1))) {
      bytes.limit(bytes.limit() - 1);
    }
  }

  private static boolean isBlank(int b) {
    return b == ' ' || b == '\t';
  }
}
