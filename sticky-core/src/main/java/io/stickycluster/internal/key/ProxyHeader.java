package io.stickycluster.internal.key;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a PROXY protocol header, version 1 or 2, as the HAProxy project's specification ({@code
 * proxy-protocol.txt}, 2020/03/05) has it, strictly: what the specification has senders not send is
 * malformed.
 */
final class ProxyHeader {

  private static final byte[] SIGNATURE_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_BYTES_1 = 107;

  private static final byte[] SIGNATURE_2 = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int FIXED_BYTES_2 = 16;
  private static final int VERSION_2 = 2;
  private static final int COMMAND_LOCAL = 0;
  private static final int COMMAND_PROXY = 1;
  private static final int FAMILY_TCP4 = 0x11;
  private static final int FAMILY_TCP6 = 0x21;
  private static final int MAX_FAMILY = 3;
  private static final int MAX_PROTOCOL = 2;
  private static final int TLV_CRC32C = 3;

  private ProxyHeader() {}

  /** What the bytes turned out to be. */
  sealed interface Result {}

  /** The start of a header. */
  enum Incomplete implements Result {
    INSTANCE
  }

  /** No header, or a broken one. */
  record Malformed(String reason) implements Result {}

  /**
   * A header.
   *
   * @param length its length in bytes
   * @param source the client's address, or null if the header has none and the connection's own
   *     address counts: for LOCAL, UNKNOWN, UNSPEC and families other than TCP
   */
  record Complete(int length, @Nullable InetSocketAddress source) implements Result {}

  /**
   * Reads the bytes from position to limit and leaves them as they are.
   *
   * @param maxBytes longer headers are malformed; at least {@value #MAX_BYTES_1}
   */
  static Result read(ByteBuffer head, int maxBytes) {
    ByteBuffer bytes = head.slice();
    if (bytes.limit() == 0) {
      return Incomplete.INSTANCE;
    }
    byte[] signature = bytes.get(0) == SIGNATURE_2[0] ? SIGNATURE_2 : SIGNATURE_1;
    for (int i = 0; i < signature.length; i++) {
      if (i == bytes.limit()) {
        return Incomplete.INSTANCE;
      }
      if (bytes.get(i) != signature[i]) {
        return new Malformed("no PROXY protocol header in front");
      }
    }
    return signature == SIGNATURE_1 ? readText(bytes) : readBinary(bytes, maxBytes);
  }

  private static Result readText(ByteBuffer bytes) {
    int end = Math.min(bytes.limit(), MAX_BYTES_1);
    for (int i = SIGNATURE_1.length; i < end; i++) {
      if (bytes.get(i) == '\n') {
        return new Malformed("PROXY v1: line ends without CR");
      }
      if (bytes.get(i) == '\r') {
        if (i + 1 == end) {
          break;
        }
        return bytes.get(i + 1) == '\n'
            ? parseText(bytes, i)
            : new Malformed("PROXY v1: CR without LF");
      }
    }
    return end == MAX_BYTES_1
        ? new Malformed("PROXY v1: no end of line within " + MAX_BYTES_1 + " bytes")
        : Incomplete.INSTANCE;
  }

  private static Result parseText(ByteBuffer bytes, int lineBytes) {
    byte[] line = new byte[lineBytes];
    bytes.get(0, line);
    String[] words = new String(line, StandardCharsets.ISO_8859_1).split(" ", -1);
    int length = lineBytes + 2;
    if (words[1].equals("UNKNOWN")) {
      return new Complete(length, null);
    }
    if (words.length != 6) {
      return new Malformed("PROXY v1: " + words.length + " words instead of 6");
    }
    boolean v6 = words[1].equals("TCP6");
    if (!v6 && !words[1].equals("TCP4")) {
      return new Malformed("PROXY v1: protocol is not TCP4, TCP6 or UNKNOWN");
    }
    InetAddress source = parseAddress(words[2], v6);
    int port = parseNumber(words[4], 65535);
    if (source == null || parseAddress(words[3], v6) == null) {
      return new Malformed("PROXY v1: not an address of " + words[1]);
    }
    if (port < 0 || parseNumber(words[5], 65535) < 0) {
      return new Malformed("PROXY v1: not a port");
    }
    return new Complete(length, new InetSocketAddress(source, port));
  }

  private static @Nullable InetAddress parseAddress(String text, boolean v6) {
    if (v6) {
      boolean valid =
          text.indexOf(':') >= 0 && text.indexOf('%') < 0 && InetAddresses.isInetAddress(text);
      return valid ? InetAddresses.forString(text) : null;
    }
    String[] numbers = text.split("\\.", -1);
    byte[] address = new byte[4];
    if (numbers.length != address.length) {
      return null;
    }
    for (int i = 0; i < address.length; i++) {
      int number = parseNumber(numbers[i], 255);
      if (number < 0) {
        return null;
      }
      address[i] = (byte) number;
    }
    return Addresses.of(address);
  }

  /** Returns a decimal number without leading zeros, or -1 for anything else. */
  private static int parseNumber(String text, int max) {
    if (text.isEmpty() || text.length() > 5 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number <= max ? number : -1;
  }

  private static Result readBinary(ByteBuffer bytes, int maxBytes) {
    if (bytes.limit() < FIXED_BYTES_2) {
      return Incomplete.INSTANCE;
    }
    int version = bytes.get(12) >> 4 & 0xf;
    int command = bytes.get(12) & 0xf;
    int family = bytes.get(13) & 0xff;
    int length = FIXED_BYTES_2 + Short.toUnsignedInt(bytes.getShort(14));
    if (version != VERSION_2) {
      return new Malformed("PROXY v2: version " + version);
    }
    if (command > COMMAND_PROXY) {
      return new Malformed("PROXY v2: command " + command);
    }
    if (length > maxBytes) {
      return new Malformed("PROXY v2: " + length + " bytes, more than " + maxBytes);
    }
    boolean local = command == COMMAND_LOCAL;
    if (!local && (family >> 4 > MAX_FAMILY || (family & 0xf) > MAX_PROTOCOL)) {
      return new Malformed("PROXY v2: family 0x" + Integer.toHexString(family));
    }
    boolean addressed = !local && (family == FAMILY_TCP4 || family == FAMILY_TCP6);
    int addressBytes = family == FAMILY_TCP4 ? 4 : 16;
    int tlvs = FIXED_BYTES_2 + 2 * addressBytes + 4;
    if (addressed && length < tlvs) {
      return new Malformed("PROXY v2: " + length + " bytes are too few for addresses");
    }
    if (bytes.limit() < length) {
      return Incomplete.INSTANCE;
    }
    if (!addressed) {
      return new Complete(length, null);
    }
    String fault = checkTlvs(bytes, tlvs, length);
    if (fault != null) {
      return new Malformed(fault);
    }
    byte[] address = new byte[addressBytes];
    bytes.get(FIXED_BYTES_2, address);
    int port = Short.toUnsignedInt(bytes.getShort(FIXED_BYTES_2 + 2 * addressBytes));
    return new Complete(length, new InetSocketAddress(Addresses.of(address), port));
  }

  /** Returns what is wrong with the type-length-value fields, or null. */
  private static @Nullable String checkTlvs(ByteBuffer bytes, int start, int end) {
    int at = start;
    while (at < end) {
      if (end - at < 3) {
        return "PROXY v2: TLV cut off";
      }
      int type = bytes.get(at);
      int length = Short.toUnsignedInt(bytes.getShort(at + 1));
      at += 3;
      if (length > end - at) {
        return "PROXY v2: TLV longer than the header";
      }
      if (type == TLV_CRC32C && (length != 4 || bytes.getInt(at) != checksum(bytes, at, end))) {
        return "PROXY v2: wrong checksum";
      }
      at += length;
    }
    return null;
  }

  private static int checksum(ByteBuffer bytes, int field, int end) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, field));
    checksum.update(new byte[4]);
    checksum.update(bytes.slice(field + 4, end - field - 4));
    return (int) checksum.getValue();
  }
}
