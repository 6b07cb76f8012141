package io.stickycluster.transport.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * What the master knows about a connection beyond its descriptor when it had to read the key from
 * the stream: the client's address, which a proxy may have told, and the bytes already read.
 *
 * <p>On a lane it comes right before its descriptor: its length (4 bytes), then the address's
 * length (1 byte: 4 or 16), the address, the port (2 bytes) and the bytes read ahead.
 *
 * @param client the client's address as the worker is to see it
 * @param readAhead the bytes to serve before those still in the socket; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Made per connection; a copy would gain nothing.
record Preface(InetSocketAddress client, byte[] readAhead) {

  /** How many bytes the length takes. */
  static final int LENGTH_BYTES = 4;

  private static final int MAX_ADDRESS_BYTES = 1 + 16 + 2;

  /** Returns how many bytes a preface takes at most, without its length. */
  static int maxBytes(int maxReadAheadBytes) {
    return MAX_ADDRESS_BYTES + maxReadAheadBytes;
  }

  /** Appends the length and the preface to a buffer. */
  void encode(ByteBuffer out) {
    byte[] address = client.getAddress().getAddress();
    out.putInt(1 + address.length + 2 + readAhead.length);
    out.put((byte) address.length).put(address).putShort((short) client.getPort());
    out.put(readAhead);
  }

  /**
   * Reads a preface without its length.
   *
   * @throws IllegalArgumentException if this is none
   */
  static Preface decode(ByteBuffer in) {
    int length = in.hasRemaining() ? in.get() : 0;
    if ((length != 4 && length != 16) || in.remaining() < length + 2) {
      throw new IllegalArgumentException("a preface with an address of " + length + " bytes");
    }
    byte[] address = new byte[length];
    in.get(address);
    int port = Short.toUnsignedInt(in.getShort());
    byte[] readAhead = new byte[in.remaining()];
    in.get(readAhead);
    try {
      return new Preface(new InetSocketAddress(InetAddress.getByAddress(address), port), readAhead);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
