package io.stickycluster.internal.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.net.InetAddresses;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What a PROXY protocol header means, said as plainly as possible: {@code incomplete}, {@code
 * malformed}, or the header's length and the address and port in it.
 */
final class ProxyHeaderModel {

  private static final String OCTET = "(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
  private static final String IP4 = OCTET + "(?:\\." + OCTET + "){3}";
  private static final String PORT = "(0|[1-9][0-9]{0,4})";
  private static final Pattern TCP4 =
      Pattern.compile("PROXY TCP4 (" + IP4 + ") " + IP4 + " " + PORT + " " + PORT);
  private static final Pattern TCP6 =
      Pattern.compile("PROXY TCP6 ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) " + PORT + " " + PORT);

  private ProxyHeaderModel() {}

  static String read(byte[] bytes, int maxBytes) {
    String text = new String(bytes, ISO_8859_1);
    String signature = new String(ProxyHeaders.SIGNATURE, ISO_8859_1);
    if (text.startsWith(signature)) {
      return readBinary(bytes, maxBytes);
    }
    if (text.startsWith("PROXY ")) {
      return readText(text);
    }
    return signature.startsWith(text) || "PROXY ".startsWith(text) ? "incomplete" : "malformed";
  }

  private static String readText(String text) {
    String line = text.substring(0, Math.min(107, text.length()));
    Matcher breaks = Pattern.compile("[\r\n]").matcher(line);
    if (!breaks.find()) {
      return line.length() == 107 ? "malformed" : "incomplete";
    }
    int end = breaks.start();
    if (!line.startsWith("\r\n", end)) {
      return line.substring(end).equals("\r") && line.length() < 107 ? "incomplete" : "malformed";
    }
    String words = line.substring(0, end);
    if (words.equals("PROXY UNKNOWN") || words.startsWith("PROXY UNKNOWN ")) {
      return end + 2 + " none";
    }
    Matcher tcp4 = TCP4.matcher(words);
    Matcher tcp6 = TCP6.matcher(words);
    Matcher match = tcp4.matches() ? tcp4 : tcp6;
    if (!match.matches() || port(match, 1) > 65535 || port(match, 0) > 65535) {
      return "malformed";
    }
    if (match == tcp6 && !(isIp6(match.group(1)) && isIp6(match.group(2)))) {
      return "malformed";
    }
    return said(end + 2, InetAddresses.forString(match.group(1)), port(match, 1));
  }

  private static boolean isIp6(String text) {
    return text.contains(":") && InetAddresses.isInetAddress(text);
  }

  private static int port(Matcher match, int fromEnd) {
    return Integer.parseInt(match.group(match.groupCount() - fromEnd));
  }

  private static String readBinary(byte[] bytes, int maxBytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      in.skipNBytes(12);
      if (in.available() < 4) {
        return "incomplete";
      }
      int command = in.readUnsignedByte();
      int family = in.readUnsignedByte();
      int length = 16 + in.readUnsignedShort();
      boolean local = command == 0x20;
      boolean known = family >> 4 <= 3 && (family & 15) <= 2;
      boolean tcp = !local && (family == 0x11 || family == 0x21);
      int size = family == 0x11 ? 4 : 16;
      boolean short1 = tcp && length < 16 + 2 * size + 4;
      if ((!local && command != 0x21) || (!local && !known) || length > maxBytes || short1) {
        return "malformed";
      }
      if (bytes.length < length) {
        return "incomplete";
      }
      if (!tcp) {
        return length + " none";
      }
      InetAddress source = InetAddress.getByAddress(in.readNBytes(size));
      in.skipNBytes(size);
      int port = in.readUnsignedShort();
      in.skipNBytes(2);
      return fieldsAreValid(bytes, 16 + 2 * size + 4, length)
          ? said(length, source, port)
          : "malformed";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean fieldsAreValid(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      if (at + 3 > end) {
        return false;
      }
      int next = at + 3 + (bytes[at + 1] & 255) * 256 + (bytes[at + 2] & 255);
      if (next > end) {
        return false;
      }
      if (bytes[at] == 3) {
        byte[] zeroed = Arrays.copyOf(bytes, end);
        Arrays.fill(zeroed, at + 3, next, (byte) 0);
        CRC32C checksum = new CRC32C();
        checksum.update(zeroed);
        String wanted = "%08x".formatted(checksum.getValue());
        StringBuilder told = new StringBuilder();
        for (int i = at + 3; i < next; i++) {
          told.append("%02x".formatted(bytes[i]));
        }
        if (!wanted.contentEquals(told)) {
          return false;
        }
      }
      at = next;
    }
    return true;
  }

  private static String said(int length, InetAddress address, int port) {
    return length + " " + address.getHostAddress() + " " + port;
  }
}
