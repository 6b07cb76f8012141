package io.stickycluster.hash;

/**
 * Reads UTF-8 as the UTF-16 code units that JavaScript hashes, without making a string. A byte that
 * is not part of well-formed UTF-8 stands for the character of its number, as in ISO 8859-1, which
 * is how Node reads request heads.
 */
final class Utf8 {

  private static final int MALFORMED = -1;

  private Utf8() {}

  /** Returns djb2's xor variant over the text's code units, from the last to the first. */
  static int hashBackwards(byte[] text, int offset, int length, int start, int factor) {
    int hash = start;
    int end = offset + length;
    while (end > offset) {
      int codePoint = codePointBefore(text, offset, end);
      if (codePoint == MALFORMED) {
        hash = hash * factor ^ (text[end - 1] & 0xff);
        end--;
      } else if (Character.isBmpCodePoint(codePoint)) {
        hash = hash * factor ^ codePoint;
        end -= bytes(codePoint);
      } else {
        hash = hash * factor ^ Character.lowSurrogate(codePoint);
        hash = hash * factor ^ Character.highSurrogate(codePoint);
        end -= bytes(codePoint);
      }
    }
    return hash;
  }

  /** Returns the code point whose last byte is just before the end, or {@link #MALFORMED}. */
  private static int codePointBefore(byte[] text, int offset, int end) {
    int first = end - 1;
    int bits = 0;
    int shift = 0;
    while (first > offset && (text[first] & 0xc0) == 0x80 && shift < 18) {
      bits |= (text[first] & 0x3f) << shift;
      shift += 6;
      first--;
    }
    int codePoint = codePoint(text[first] & 0xff, bits, shift);
    return codePoint == MALFORMED || bytes(codePoint) != end - first ? MALFORMED : codePoint;
  }

  /** Joins a leading byte with the bits of what follows it. */
  private static int codePoint(int lead, int bits, int shift) {
    int expected;
    int leadBits;
    if (lead < 0x80) {
      expected = 0;
      leadBits = lead;
    } else if (lead >= 0xc0 && lead < 0xe0) {
      expected = 6;
      leadBits = lead & 0x1f;
    } else if (lead >= 0xe0 && lead < 0xf0) {
      expected = 12;
      leadBits = lead & 0x0f;
    } else if (lead >= 0xf0 && lead < 0xf8) {
      expected = 18;
      leadBits = lead & 0x07;
    } else {
      return MALFORMED;
    }
    int codePoint = leadBits << shift | bits;
    boolean wellFormed =
        shift == expected
            && codePoint <= Character.MAX_CODE_POINT
            && !(codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    return wellFormed ? codePoint : MALFORMED;
  }

  /** Returns how many bytes the shortest, and thus only well-formed, encoding has. */
  private static int bytes(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
