package io.stickycluster.transport.nio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * One loop's buffers: a single direct one through which all bytes pass, and the unsent remainders
 * of connections whose reader is slow. Confined to the loop's thread.
 *
 * <p>A remainder stays where it is: its connection takes the loop's buffer and the loop goes on
 * with another. Past {@value #MAX_DIRECT} direct buffers remainders are copied to the heap, and
 * past {@value #MANY_HEAP_BYTES} bytes there, reads become so small that further remainders are,
 * too. So many slow readers cost little each, and a few fast ones cost no copy.
 */
final class Buffers {

  static final int BYTES = 256 * 1024;
  static final int MAX_DIRECT = 16;
  static final int MANY_HEAP_BYTES = 16 * 1024 * 1024;
  static final int SMALL_READ_BYTES = 4 * 1024;

  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>(MAX_DIRECT);
  private ByteBuffer current = ByteBuffer.allocateDirect(BYTES);
  private int direct = 1;
  private long heapBytes;

  /** Returns the loop's buffer, cleared, limited to what may be read at once. */
  ByteBuffer io() {
    current.clear();
    if (heapBytes > MANY_HEAP_BYTES) {
      current.limit(SMALL_READ_BYTES);
    }
    return current;
  }

  /** Keeps what is left in the loop's buffer, as {@link #io} returned it. */
  ByteBuffer keep(ByteBuffer io) {
    if (io.remaining() > SMALL_READ_BYTES) {
      ByteBuffer next = spare.poll();
      if (next == null && direct < MAX_DIRECT) {
        next = ByteBuffer.allocateDirect(BYTES);
        direct++;
      }
      if (next != null) {
        current = next;
        return io;
      }
    }
    ByteBuffer copy = ByteBuffer.allocate(io.remaining());
    heapBytes += copy.capacity();
    return copy.put(io).flip();
  }

  /** Takes back a remainder that is sent or no longer wanted. */
  void release(ByteBuffer remainder) {
    if (remainder.isDirect()) {
      spare.push(remainder);
    } else {
      heapBytes -= remainder.capacity();
    }
  }
}
