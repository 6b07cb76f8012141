package io.stickycluster.example;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Writes a client's address as people read it: IPv4-mapped IPv6 as the IPv4 address it is. */
final class ClientAddress {

  private static final int MAPPED_PREFIX_BYTES = 12;

  private ClientAddress() {}

  static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress socketAddress)
        || socketAddress.getAddress() == null) {
      return "unknown";
    }
    InetAddress ip = socketAddress.getAddress();
    byte[] bytes = ip.getAddress();
    if (ip instanceof Inet6Address && isMapped(bytes)) {
      return (bytes[MAPPED_PREFIX_BYTES] & 0xff)
          + "."
          + (bytes[MAPPED_PREFIX_BYTES + 1] & 0xff)
          + "."
          + (bytes[MAPPED_PREFIX_BYTES + 2] & 0xff)
          + "."
          + (bytes[MAPPED_PREFIX_BYTES + 3] & 0xff);
    }
    return NetUtil.toAddressString(ip);
  }

  private static boolean isMapped(byte[] ipv6) {
    for (int i = 0; i < MAPPED_PREFIX_BYTES - 2; i++) {
      if (ipv6[i] != 0) {
        return false;
      }
    }
    return ipv6[MAPPED_PREFIX_BYTES - 2] == (byte) 0xff
        && ipv6[MAPPED_PREFIX_BYTES - 1] == (byte) 0xff;
  }
}
