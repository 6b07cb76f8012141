package io.stickycluster.internal.balance;

/**
 * Writes addresses as text, byte for byte as libuv, and thus Node, does: RFC 5952, with the last 32
 * bits in dotted form for IPv4-mapped (::ffff:0:0/96) and IPv4-compatible (::/96) addresses. Does
 * not allocate.
 */
public final class AddressText {

  /** The length of the longest text. */
  public static final int MAX_BYTES = 45;

  private static final int WORDS = 8;

  private AddressText() {}

  /**
   * Writes an IPv4 address.
   *
   * @param address holds 4 bytes from the offset on
   * @param to takes the text, in ASCII
   * @param at where the text starts
   * @return where the text ends
   */
  public static int writeIpv4(byte[] address, int offset, byte[] to, int at) {
    int end = at;
    for (int i = 0; i < 4; i++) {
      if (i > 0) {
        to[end++] = '.';
      }
      int octet = address[offset + i] & 0xff;
      if (octet >= 100) {
        to[end++] = (byte) ('0' + octet / 100);
      }
      if (octet >= 10) {
        to[end++] = (byte) ('0' + octet / 10 % 10);
      }
      to[end++] = (byte) ('0' + octet % 10);
    }
    return end;
  }

  /**
   * Writes an IPv6 address.
   *
   * @param address holds 16 bytes from the offset on
   * @param to takes the text, in ASCII
   * @param at where the text starts
   * @return where the text ends
   */
  public static int writeIpv6(byte[] address, int offset, byte[] to, int at) {
    int gap = 0;
    int gapWords = 1;
    for (int i = 0, zeros = 0; i < WORDS; i++) {
      zeros = word(address, offset, i) == 0 ? zeros + 1 : 0;
      if (zeros > gapWords) {
        gapWords = zeros;
        gap = i + 1 - zeros;
      }
    }
    boolean hasGap = gapWords > 1;
    boolean endsInIpv4 =
        hasGap
            && gap == 0
            && (gapWords == 6 || (gapWords == 5 && word(address, offset, 5) == 0xffff));
    int end = at;
    for (int i = 0; i < WORDS; i++) {
      if (hasGap && i == gap) {
        to[end++] = ':';
        i += gapWords - 1;
        if (i == WORDS - 1) {
          to[end++] = ':';
        }
        continue;
      }
      if (i > 0) {
        to[end++] = ':';
      }
      if (endsInIpv4 && i == 6) {
        return writeIpv4(address, offset + 12, to, end);
      }
      end = writeHex(word(address, offset, i), to, end);
    }
    return end;
  }

  private static int word(byte[] address, int offset, int index) {
    int at = offset + 2 * index;
    return (address[at] & 0xff) << 8 | (address[at + 1] & 0xff);
  }

  private static int writeHex(int word, byte[] to, int at) {
    int end = at;
    for (int shift = 12; shift >= 0; shift -= 4) {
      if (word >>> shift != 0 || shift == 0) {
        int digit = word >>> shift & 0xf;
        to[end++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      }
    }
    return end;
  }
}
