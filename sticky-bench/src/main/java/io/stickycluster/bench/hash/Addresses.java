package io.stickycluster.bench.hash;

import com.google.common.net.InetAddresses;

/** Reads addresses from the command line, never asking a name server. */
final class Addresses {

  private Addresses() {}

  /**
   * Returns the 4 or 16 bytes of an address; IPv4-mapped IPv6 is IPv4. A zone id, which names an
   * interface of one host, is not part of the key and dropped.
   *
   * @throws IllegalArgumentException if the text is not an address
   */
  static byte[] parse(String text) {
    int zone = text.indexOf('%');
    boolean hasZone = zone >= 0 && text.indexOf(':') >= 0;
    String address = hasZone ? text.substring(0, zone) : text;
    if (!InetAddresses.isInetAddress(address) || (hasZone && zone == text.length() - 1)) {
      throw new IllegalArgumentException("not an IP address: '" + text + "'");
    }
    return InetAddresses.forString(address).getAddress();
  }
}
