package io.stickycluster.internal.control;

import io.stickycluster.Messages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames as bytes and reads them back: a 32-bit length of what follows, the 32-bit peer, a
 * 16-bit length of the name, the name in UTF-8, the payload; numbers in network order.
 */
public final class FrameCodec {

  private static final int LENGTH_BYTES = 4;
  private static final int FIXED_BYTES = 6;

  /** The longest frame after its length field. */
  static final int MAX_FRAME_BYTES =
      FIXED_BYTES + Messages.MAX_NAME_BYTES + Messages.MAX_PAYLOAD_BYTES;

  private FrameCodec() {}

  /** Returns a frame's bytes. */
  public static ByteBuffer encode(Frame frame) {
    byte[] name = frame.name().getBytes(StandardCharsets.UTF_8);
    byte[] payload = frame.payload();
    int length = FIXED_BYTES + name.length + payload.length;
    return ByteBuffer.allocate(LENGTH_BYTES + length)
        .putInt(length)
        .putInt(frame.peer())
        .putShort((short) name.length)
        .put(name)
        .put(payload)
        .flip();
  }

  /**
   * Takes one frame off a buffer.
   *
   * @param buffer what has arrived, from position to limit; its position moves past the frame
   * @return the frame, or null if it is not whole yet
   * @throws IOException if the bytes are no frame; nothing after them can be read then
   */
  public static @Nullable Frame decode(ByteBuffer buffer) throws IOException {
    if (buffer.remaining() < LENGTH_BYTES) {
      return null;
    }
    int length = buffer.getInt(buffer.position());
    if (length < FIXED_BYTES || length > MAX_FRAME_BYTES) {
      throw new IOException(
          "a control frame of "
              + Integer.toUnsignedString(length)
              + " bytes; the bounds are "
              + FIXED_BYTES
              + " and "
              + MAX_FRAME_BYTES);
    }
    if (buffer.remaining() - LENGTH_BYTES < length) {
      return null;
    }
    buffer.position(buffer.position() + LENGTH_BYTES);
    int peer = buffer.getInt();
    int nameLength = Short.toUnsignedInt(buffer.getShort());
    int payloadLength = length - FIXED_BYTES - nameLength;
    if (nameLength > Messages.MAX_NAME_BYTES || payloadLength < 0) {
      throw new IOException("a control frame whose name has " + nameLength + " bytes");
    }
    ByteBuffer name = buffer.slice(buffer.position(), nameLength);
    buffer.position(buffer.position() + nameLength);
    byte[] payload = new byte[payloadLength];
    buffer.get(payload);
    try {
      return new Frame(peer, StandardCharsets.UTF_8.newDecoder().decode(name).toString(), payload);
    } catch (CharacterCodingException e) {
      throw new IOException("a control frame whose name is not UTF-8", e);
    }
  }

  /** Returns how many bytes the frame at a buffer's position needs, as far as can be told. */
  static int bytesNeeded(ByteBuffer buffer) {
    return buffer.remaining() < LENGTH_BYTES
        ? LENGTH_BYTES
        : LENGTH_BYTES + buffer.getInt(buffer.position());
  }
}
