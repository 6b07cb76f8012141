package io.stickycluster.spi;

import java.util.Optional;

/**
 * Turns a client's key into an unsigned 32-bit number; found by {@link java.util.ServiceLoader} and
 * chosen by name.
 *
 * <p>A strategy is a pure function: the same bytes (and seed) give the same number in every
 * process, run and host. It must be safe for use by several threads and must not allocate per call.
 * Implementations need a public no-argument constructor that does not throw; what keeps a strategy
 * from working is told by {@link #unavailable()}.
 */
public interface HashStrategy {

  /** Returns the name users choose this strategy by, such as {@code djb2}. */
  String name();

  /**
   * Returns the hash of a client's address: 4 bytes for IPv4 (IPv4-mapped IPv6 is unwrapped), 16
   * bytes for IPv6, in network order.
   *
   * @param key the array that holds the address; must not be changed or kept
   * @param offset the index of its first byte
   * @param length the number of its bytes, possibly 0
   */
  int hash(byte[] key, int offset, int length);

  /**
   * Returns the hash of a key that is text, such as an address as Node prints it, a cookie or a
   * session id. The default hashes the bytes.
   *
   * @param key the array that holds the text's bytes, which are ASCII for addresses; must not be
   *     changed or kept
   * @param offset the index of its first byte
   * @param length the number of its bytes, possibly 0
   */
  default int hashText(byte[] key, int offset, int length) {
    return hash(key, offset, length);
  }

  /** Returns whether {@link #seeded(long)} makes a difference. */
  default boolean isSeedable() {
    return false;
  }

  /**
   * Returns this strategy with the given seed or key, or this very strategy if it has none.
   *
   * @throws IllegalArgumentException if the seed is out of the strategy's range
   */
  default HashStrategy seeded(long seed) {
    return this;
  }

  /**
   * Returns the same function over address bytes as a program for the kernel, whose accumulator
   * ends with the hash, or empty if it can't be said in 32-bit arithmetic.
   *
   * @param addressLength 4 for IPv4, 16 for IPv6
   */
  default Optional<SteeringProgram> steering(int addressLength) {
    return Optional.empty();
  }

  /** Returns why this strategy can't work in this JVM, or empty if it can. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Returns which strategy wins among several of one name: the highest; 0 by default. */
  default int priority() {
    return 0;
  }
}
