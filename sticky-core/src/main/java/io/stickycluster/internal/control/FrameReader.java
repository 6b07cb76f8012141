package io.stickycluster.internal.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Reads frames off a channel; owns the buffer of what is not yet a whole frame. One thread. */
final class FrameReader {

  private static final int INITIAL_BYTES = 8 * 1024;

  private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BYTES).flip();

  /** Returns the next frame that has arrived whole, or null. */
  @Nullable Frame next() throws IOException {
    return FrameCodec.decode(buffer);
  }

  /** Reads more; returns the number of bytes, or -1 at the end of the stream. */
  int fill(ReadableByteChannel channel) throws IOException {
    int needed = FrameCodec.bytesNeeded(buffer);
    if (needed > buffer.capacity()) {
      buffer = ByteBuffer.allocate(needed).put(buffer);
    } else if (buffer.capacity() > INITIAL_BYTES && needed <= INITIAL_BYTES) {
      // A single large frame must not cost its memory for good.
      ByteBuffer smaller = ByteBuffer.allocate(Math.max(INITIAL_BYTES, buffer.remaining()));
      buffer = smaller.put(buffer);
    } else {
      buffer.compact();
    }
    int count = channel.read(buffer);
    buffer.flip();
    return count;
  }
}
