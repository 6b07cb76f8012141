package io.stickycluster.transport.nio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, version 2, as its specification has it (haproxy.org,
 * {@code proxy-protocol.txt}, section 2.2). Never throws, whatever the bytes are.
 */
final class ProxyHeaderDecoder {

  /** The bytes up to and with the length field. */
  static final int FIXED_BYTES = 16;

  /** The longest header that is taken; the specification allows 16 + 65535, mostly for TLVs. */
  static final int MAX_BYTES = 2048;

  private static final byte VERSION_COMMAND_LOCAL = 0x20;
  private static final int LENGTH_OFFSET = 14;

  private ProxyHeaderDecoder() {}

  /** What the bytes are. */
  sealed interface Result {}

  /**
   * Not a whole header yet.
   *
   * @param bytes how many bytes there must be, at least, for a further look
   */
  record Incomplete(int bytes) implements Result {}

  /**
   * A header.
   *
   * @param source the client's address, or null if the header tells none
   * @param bytes the header's length
   */
  record Header(@Nullable InetSocketAddress source, int bytes) implements Result {}

  /** Not a header, whatever may follow. */
  record Malformed(String reason) implements Result {}

  /** Looks at the bytes from position to limit, which are left as they are. */
  static Result decode(ByteBuffer bytes) {
    int start = bytes.position();
    int available = bytes.remaining();
    byte[] signature = ProxyHeader.SIGNATURE;
    for (int i = 0; i < Math.min(available, signature.length); i++) {
      if (bytes.get(start + i) != signature[i]) {
        return new Malformed("no PROXY protocol v2 signature");
      }
    }
    if (available < FIXED_BYTES) {
      return new Incomplete(FIXED_BYTES);
    }
    byte versionCommand = bytes.get(start + signature.length);
    if (versionCommand != ProxyHeader.VERSION_COMMAND_PROXY
        && versionCommand != VERSION_COMMAND_LOCAL) {
      return new Malformed(
          "version and command are 0x" + Integer.toHexString(versionCommand & 255));
    }
    int length = bytes.getShort(start + LENGTH_OFFSET) & 0xffff;
    int total = FIXED_BYTES + length;
    if (total > MAX_BYTES) {
      return new Malformed("header of " + total + " bytes, more than " + MAX_BYTES);
    }
    if (available < total) {
      return new Incomplete(total);
    }
    if (versionCommand == VERSION_COMMAND_LOCAL) {
      return new Header(null, total);
    }
    return switch (bytes.get(start + signature.length + 1)) {
      case ProxyHeader.TCP4 -> address(bytes, start, length, 4, total);
      case ProxyHeader.TCP6 -> address(bytes, start, length, 16, total);
      // Unix sockets, datagrams and whatever comes later: the receiver is to ignore the address.
      default -> new Header(null, total);
    };
  }

  private static Result address(ByteBuffer bytes, int start, int length, int size, int total) {
    if (length < 2 * size + 4) {
      return new Malformed("only " + length + " bytes for two addresses");
    }
    byte[] address = new byte[size];
    int at = start + FIXED_BYTES;
    bytes.get(at, address);
    int port = bytes.getShort(at + 2 * size) & 0xffff;
    try {
      return new Header(new InetSocketAddress(InetAddress.getByAddress(address), port), total);
    } catch (UnknownHostException e) {
      return new Malformed("address of " + size + " bytes");
    }
  }
}
