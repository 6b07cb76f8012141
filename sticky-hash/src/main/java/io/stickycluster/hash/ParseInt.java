package io.stickycluster.hash;

import java.nio.charset.StandardCharsets;

/**
 * JavaScript's {@code parseInt(text, 10)} (ECMA-262, section 19.2.5) over UTF-8: leading white
 * space and one sign are skipped, then the longest run of digits counts and what follows does not.
 */
final class ParseInt {

  /** Says that there are no digits. */
  static final long NOT_A_NUMBER = Long.MIN_VALUE;

  /** Says that there are too many digits for an exact sum: see {@link #parseLarge}. */
  static final long LARGE = Long.MIN_VALUE + 1;

  private static final long MAX_EXACT = 1_000_000_000_000_000L;

  private ParseInt() {}

  /** Returns the index of an ASCII character, or the end if there is none. */
  static int find(char wanted, byte[] text, int start, int end) {
    int at = start;
    while (at < end && text[at] != wanted) {
      at++;
    }
    return at;
  }

  /**
   * Returns the number, of at most 15 digits, or {@link #NOT_A_NUMBER} or {@link #LARGE}.
   *
   * @param end the index behind the last byte
   */
  static long parse(byte[] text, int start, int end) {
    int at = start < end && isDigit(text[start]) ? start : skipSpace(text, start, end);
    boolean negative = at < end && text[at] == '-';
    if (negative || (at < end && text[at] == '+')) {
      at++;
    }
    int firstDigit = at;
    long value = 0;
    while (at < end && isDigit(text[at])) {
      value = value * 10 + (text[at] - '0');
      if (value >= MAX_EXACT) {
        return LARGE;
      }
      at++;
    }
    if (at == firstDigit) {
      return NOT_A_NUMBER;
    }
    return negative ? -value : value;
  }

  /**
   * Returns a number for which {@link #parse} said {@link #LARGE}, rounded as JavaScript does. No
   * address has such a part, so this may allocate.
   */
  static double parseLarge(byte[] text, int start, int end) {
    int first = skipSpace(text, start, end);
    int at = first + (isDigit(text[first]) ? 0 : 1);
    while (at < end && isDigit(text[at])) {
      at++;
    }
    return Double.parseDouble(new String(text, first, at - first, StandardCharsets.US_ASCII));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static int skipSpace(byte[] text, int start, int end) {
    int at = start;
    while (at < end) {
      int width = spaceWidth(text, at, end);
      if (width == 0) {
        break;
      }
      at += width;
    }
    return at;
  }

  /** Returns the length of the white space character at an index, or 0 if there is none. */
  private static int spaceWidth(byte[] text, int at, int end) {
    int first = text[at];
    if (first >= 0) {
      return first == ' ' || (first >= '\t' && first <= '\r') ? 1 : 0;
    }
    if (first == (byte) 0xc2 && end - at >= 2) {
      return text[at + 1] == (byte) 0xa0 ? 2 : 0;
    }
    if (end - at < 3) {
      return 0;
    }
    int character = (first & 0x0f) << 12 | (text[at + 1] & 0x3f) << 6 | (text[at + 2] & 0x3f);
    boolean threeBytes =
        (first & 0xf0) == 0xe0 && (text[at + 1] & 0xc0) == 0x80 && (text[at + 2] & 0xc0) == 0x80;
    return threeBytes && isWideSpace(character) ? 3 : 0;
  }

  /** Returns whether a character from U+0800 on is white space or a line end to ECMAScript. */
  private static boolean isWideSpace(int character) {
    return switch (character) {
      case 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff -> true;
      default -> character >= 0x2000 && character <= 0x200a;
    };
  }
}
