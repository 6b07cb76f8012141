package io.stickycluster.internal.key;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Addresses as bytes and as proxies write them; never asks DNS. */
final class Addresses {

  /** Longer than any address with brackets, zone and port that a proxy would write. */
  private static final int MAX_CHARS = 128;

  private Addresses() {}

  /** Returns an address's 4 or 16 bytes in network order; IPv4-mapped IPv6 becomes IPv4. */
  static byte[] bytes(InetAddress address) {
    byte[] bytes = address.getAddress();
    return isMapped(bytes) ? new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]} : bytes;
  }

  private static boolean isMapped(byte[] bytes) {
    if (bytes.length != 16 || bytes[10] != (byte) 0xff || bytes[11] != (byte) 0xff) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns the address of 4 or 16 bytes. */
  static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * Reads an address as X-Forwarded-For and Forwarded (RFC 7239, section 6) have it: IPv4, or IPv6
   * with or without brackets; a port behind IPv4 or brackets, where an obfuscated port counts as
   * unknown; an IPv6 zone, which means nothing on another host and is dropped.
   *
   * @return the address, with port 0 if none is told, or null for anything else, such as {@code
   *     unknown}, an obfuscated identifier or a host name
   */
  static @Nullable InetSocketAddress parseHop(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return null;
    }
    String host = text;
    String port = "";
    if (text.charAt(0) == '[') {
      int close = text.indexOf(']');
      if (close < 0) {
        return null;
      }
      host = text.substring(1, close);
      port = text.substring(close + 1);
      if (host.indexOf(':') < 0) {
        return null;
      }
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') >= 0) {
      host = text.substring(0, text.indexOf(':'));
      port = text.substring(text.indexOf(':'));
    }
    int portNumber = port.isEmpty() ? 0 : parsePort(port);
    InetAddress address = parseHost(host);
    return address == null || portNumber < 0 ? null : new InetSocketAddress(address, portNumber);
  }

  private static @Nullable InetAddress parseHost(String host) {
    int zone = host.indexOf('%');
    if (zone >= 0 && (host.indexOf(':') < 0 || zone == host.length() - 1)) {
      return null;
    }
    String plain = zone < 0 ? host : host.substring(0, zone);
    return InetAddresses.isInetAddress(plain) ? InetAddresses.forString(plain) : null;
  }

  /** Returns the port of {@code :port}, 0 for an obfuscated one, or -1 if it is neither. */
  private static int parsePort(String text) {
    if (text.matches(":_[A-Za-z0-9._-]+")) {
      return 0;
    }
    if (!text.matches(":[0-9]{1,5}")) {
      return -1;
    }
    int port = Integer.parseInt(text.substring(1));
    return port <= 65535 ? port : -1;
  }
}
