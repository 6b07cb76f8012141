package io.stickycluster.internal.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.net.InetAddresses;
import com.google.common.primitives.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes PROXY protocol headers for tests. */
final class ProxyHeaders {

  static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

  private ProxyHeaders() {}

  static byte[] text(String line) {
    return line.getBytes(ISO_8859_1);
  }

  static byte[] binary(int versionAndCommand, int family, byte[] body) {
    return ByteBuffer.allocate(16 + body.length)
        .put(SIGNATURE)
        .put((byte) versionAndCommand)
        .put((byte) family)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  static byte[] tcp(String source, int port, byte... tlvs) {
    byte[] address = InetAddresses.forString(source).getAddress();
    byte[] ports = {(byte) (port >> 8), (byte) port, 0, 80};
    return binary(
        0x21,
        address.length == 4 ? 0x11 : 0x21,
        Bytes.concat(address, new byte[address.length], ports, tlvs));
  }

  static byte[] tlv(int type, byte... value) {
    return Bytes.concat(
        new byte[] {(byte) type, (byte) (value.length >> 8), (byte) value.length}, value);
  }

  /** Like {@link #tcp}, with a checksum as the last field. */
  static byte[] checksummed(String source, int port, byte... tlvs) {
    byte[] header = tcp(source, port, Bytes.concat(tlvs, tlv(3, new byte[4])));
    CRC32C checksum = new CRC32C();
    checksum.update(header);
    ByteBuffer.wrap(header).putInt(header.length - 4, (int) checksum.getValue());
    return header;
  }
}
