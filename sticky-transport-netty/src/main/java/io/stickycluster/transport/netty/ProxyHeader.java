package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A header of PROXY protocol version 2, as HAProxy's proxy-protocol.txt defines it.
 *
 * @param source the client's address, or null if the header tells none
 * @param destination the address that the client connected to, or null
 */
record ProxyHeader(@Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {

  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int FIXED_BYTES = 16;
  private static final int VERSION = 2;
  private static final int COMMAND_LOCAL = 0;
  private static final int COMMAND_PROXY = 1;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;

  /**
   * Reads a header from a buffer.
   *
   * @param in what came so far; the reader index moves behind the header if it is whole, else it
   *     stays
   * @return the header, or null if bytes are missing
   * @throws IllegalArgumentException if this is no such header
   */
  static @Nullable ProxyHeader decode(ByteBuf in) {
    int start = in.readerIndex();
    int there = Math.min(in.readableBytes(), SIGNATURE.length);
    for (int i = 0; i < there; i++) {
      if (in.getByte(start + i) != SIGNATURE[i]) {
        throw new IllegalArgumentException("no PROXY protocol v2 signature");
      }
    }
    if (in.readableBytes() < FIXED_BYTES) {
      return null;
    }
    int versionAndCommand = in.getUnsignedByte(start + 12);
    int command = versionAndCommand & 0xf;
    if (versionAndCommand >>> 4 != VERSION || command > COMMAND_PROXY) {
      throw new IllegalArgumentException(
          "unknown version or command 0x" + Integer.toHexString(versionAndCommand));
    }
    int family = in.getUnsignedByte(start + 13);
    int length = in.getUnsignedShort(start + 14);
    if (in.readableBytes() < FIXED_BYTES + length) {
      return null;
    }
    ByteBuf addresses = in.skipBytes(FIXED_BYTES).readSlice(length);
    int addressLength =
        command == COMMAND_LOCAL
            ? 0
            : switch (family) {
              case TCP_OVER_IPV4 -> 4;
              case TCP_OVER_IPV6 -> 16;
              default -> 0;
            };
    if (addressLength == 0) {
      return new ProxyHeader(null, null);
    }
    if (length < 2 * addressLength + 4) {
      throw new IllegalArgumentException("addresses cut off after " + length + " bytes");
    }
    InetAddress source = address(addresses, addressLength);
    InetAddress destination = address(addresses, addressLength);
    int sourcePort = addresses.readUnsignedShort();
    int destinationPort = addresses.readUnsignedShort();
    return new ProxyHeader(
        new InetSocketAddress(source, sourcePort),
        new InetSocketAddress(destination, destinationPort));
  }

  private static InetAddress address(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
