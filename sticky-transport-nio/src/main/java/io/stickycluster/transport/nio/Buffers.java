package io.stickycluster.transport.nio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

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
  static final int MAX_GROWN_BYTES = 64 * 1024 * 1024;

  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>(MAX_DIRECT);
  private ByteBuffer current = ByteBuffer.allocateDirect(BYTES);
  private int direct = 1;
  private long heapBytes;
  private long grownBytes;

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
      ByteBuffer next = spareDirect();
      if (next != null) {
        current = next;
        return io;
      }
    }
    return allocate(io.remaining()).put(io).flip();
  }

  /**
   * Adds bytes behind a remainder, or begins one.
   *
   * @param remainder what is unsent so far, which the returned buffer replaces
   * @param more of another buffer than {@link #io}; at most {@link #BYTES} with the remainder
   */
  ByteBuffer append(@Nullable ByteBuffer remainder, ByteBuffer more) {
    if (remainder == null) {
      return hold(more.remaining()).put(more).flip();
    }
    int bytes = remainder.remaining() + more.remaining();
    if (bytes <= remainder.capacity()) {
      return remainder.compact().put(more).flip();
    }
    ByteBuffer larger = hold(bytes).put(remainder).put(more).flip();
    release(remainder);
    return larger;
  }

  /** Returns whether a connection may have so many bytes more under way; it gives them back. */
  boolean grow(int bytes) {
    if (grownBytes + bytes > MAX_GROWN_BYTES || heapBytes > MANY_HEAP_BYTES) {
      return false;
    }
    grownBytes += bytes;
    return true;
  }

  /** Takes back what {@link #grow} allowed. */
  void ungrow(int bytes) {
    grownBytes -= bytes;
  }

  /** Takes back a remainder that is sent or no longer wanted. */
  void release(ByteBuffer remainder) {
    if (remainder.isDirect()) {
      spare.push(remainder);
    } else {
      heapBytes -= remainder.capacity();
    }
  }

  private ByteBuffer hold(int bytes) {
    ByteBuffer whole = bytes > SMALL_READ_BYTES ? spareDirect() : null;
    return whole != null ? whole.clear() : allocate(bytes);
  }

  private @Nullable ByteBuffer spareDirect() {
    ByteBuffer next = spare.poll();
    if (next == null && direct < MAX_DIRECT) {
      next = ByteBuffer.allocateDirect(BYTES);
      direct++;
    }
    return next;
  }

  private ByteBuffer allocate(int bytes) {
    heapBytes += bytes;
    return ByteBuffer.allocate(bytes);
  }
}
