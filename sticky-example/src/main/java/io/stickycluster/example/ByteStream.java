package io.stickycluster.example;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * A response body of any length, written as fast as the client reads it. For use by the
 * connection's event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
final class ByteStream {

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final ByteBuf CHUNK = chunk();

  private boolean active;
  private boolean writing;
  private int remaining;

  /** Begins a body of this many bytes. */
  void start(int bytes) {
    active = true;
    remaining = bytes;
  }

  /** Returns whether a body has begun and not ended. */
  boolean isActive() {
    return active;
  }

  /**
   * Writes as much as the connection takes now.
   *
   * @return whether this has ended the body
   */
  boolean write(ChannelHandlerContext ctx) {
    if (writing) {
      return false; // A flush below has just called us: the loop goes on by itself.
    }
    writing = true;
    while (remaining > 0 && ctx.channel().isWritable()) {
      int bytes = Math.min(remaining, CHUNK_BYTES);
      remaining -= bytes;
      ctx.writeAndFlush(new DefaultHttpContent(CHUNK.retainedSlice(0, bytes)));
    }
    writing = false;
    if (remaining > 0) {
      return false;
    }
    active = false;
    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    return true;
  }

  private static ByteBuf chunk() {
    byte[] bytes = new byte[CHUNK_BYTES];
    for (int i = 0; i < CHUNK_BYTES; i++) {
      bytes[i] = (byte) ('a' + i % 26);
    }
    return Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK_BYTES).writeBytes(bytes));
  }
}
