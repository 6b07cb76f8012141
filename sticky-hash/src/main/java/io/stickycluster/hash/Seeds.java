package io.stickycluster.hash;

/** Checks seeds. */
final class Seeds {

  private Seeds() {}

  /**
   * Returns a 32-bit seed, given as a signed or an unsigned number.
   *
   * @throws IllegalArgumentException if it has more bits
   */
  static int to32Bits(String strategy, long seed) {
    if (seed < Integer.MIN_VALUE || seed > 0xffff_ffffL) {
      throw new IllegalArgumentException(
          "the seed of hash strategy '%s' must have 32 bits, from %d to %d: %d"
              .formatted(strategy, Integer.MIN_VALUE, 0xffff_ffffL, seed));
    }
    return (int) seed;
  }
}
