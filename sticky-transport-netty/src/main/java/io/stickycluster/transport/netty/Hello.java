package io.stickycluster.transport.netty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes on a lane, by which a worker proves itself: a magic number with the protocol's
 * version, the worker's id, the lane's number, the token's length and the token.
 *
 * <p>The master answers {@link #WELCOME}. From then on the master sends descriptors and the worker
 * acknowledges them; see {@link Lane}.
 *
 * @param id the worker's id
 * @param lane the lane's number, from 0
 * @param token the worker's secret
 */
record Hello(long id, int lane, String token) {

  /** The most bytes a hello can have. */
  static final int MAX_BYTES = 512;

  /** The master's answer to a hello it believes. */
  static final byte WELCOME = 'W';

  private static final int MAGIC = 'S' << 24 | 'T' << 16 | 'K' << 8 | 1;
  private static final int FIXED_BYTES = 4 + 8 + 4 + 2;

  /** Appends this hello to a buffer. */
  void encode(ByteBuffer out) {
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    out.putInt(MAGIC).putLong(id).putInt(lane).putShort((short) bytes.length).put(bytes);
  }

  /**
   * Reads a hello.
   *
   * @param in all bytes that came so far, from 0 to position
   * @return the hello, or null if bytes are missing
   * @throws IllegalArgumentException if this is none
   */
  static @Nullable Hello decode(ByteBuffer in) {
    ByteBuffer bytes = in.duplicate().flip();
    for (int i = 0; i < Math.min(4, bytes.remaining()); i++) {
      if (bytes.get(i) != (byte) (MAGIC >>> (24 - 8 * i))) {
        throw new IllegalArgumentException("not a worker's hello");
      }
    }
    if (bytes.remaining() < FIXED_BYTES) {
      return null;
    }
    bytes.position(4);
    long id = bytes.getLong();
    int lane = bytes.getInt();
    int length = Short.toUnsignedInt(bytes.getShort());
    if (lane < 0 || length > MAX_BYTES - FIXED_BYTES) {
      throw new IllegalArgumentException("a hello with nonsense in it");
    }
    if (bytes.remaining() < length) {
      return null;
    }
    if (bytes.remaining() > length) {
      throw new IllegalArgumentException("bytes behind a hello");
    }
    return new Hello(id, lane, StandardCharsets.UTF_8.decode(bytes).toString());
  }
}
