package io.stickycluster.transport.nio;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Writes the header of the PROXY protocol, version 2, binary format, as its specification has it
 * (haproxy.org, {@code proxy-protocol.txt}, section 2.2).
 */
final class ProxyHeader {

  /** The longest header that {@link #encode} writes. */
  static final int MAX_BYTES = 16 + 36;

  /** The first 12 bytes of every header. */
  static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  /** Version 2, command PROXY. */
  static final byte VERSION_COMMAND_PROXY = 0x21;

  /** TCP over IPv4. */
  static final byte TCP4 = 0x11;

  /** TCP over IPv6. */
  static final byte TCP6 = 0x21;

  private static final int TCP4_LENGTH = 12;
  private static final int TCP6_LENGTH = 36;

  private ProxyHeader() {}

  /**
   * Writes a header that tells a TCP connection's addresses. If they are of two families, IPv4 is
   * written as IPv4-mapped IPv6.
   *
   * @param to has room for {@link #MAX_BYTES} and is big-endian
   */
  static void encode(ByteBuffer to, InetSocketAddress source, InetSocketAddress destination) {
    InetAddress from = source.getAddress();
    InetAddress at = destination.getAddress();
    to.put(SIGNATURE).put(VERSION_COMMAND_PROXY);
    if (from instanceof Inet4Address && at instanceof Inet4Address) {
      to.put(TCP4).putShort((short) TCP4_LENGTH);
      to.put(from.getAddress()).put(at.getAddress());
    } else {
      to.put(TCP6).putShort((short) TCP6_LENGTH);
      putAsIpv6(to, from);
      putAsIpv6(to, at);
    }
    to.putShort((short) source.getPort()).putShort((short) destination.getPort());
  }

  private static void putAsIpv6(ByteBuffer to, InetAddress address) {
    if (address instanceof Inet4Address) {
      to.putLong(0).putShort((short) 0).putShort((short) 0xFFFF);
    }
    to.put(address.getAddress());
  }
}
