package io.stickycluster.internal.balance;

/**
 * The last step of MurmurHash3's 32-bit variant (A. Appleby, public domain): a bijection in which
 * every bit in changes half of those out.
 */
final class Fmix32 {

  static final int FACTOR_1 = 0x85ebca6b;
  static final int FACTOR_2 = 0xc2b2ae35;

  private Fmix32() {}

  static int mix(int value) {
    int mixed = value;
    mixed ^= mixed >>> 16;
    mixed *= FACTOR_1;
    mixed ^= mixed >>> 13;
    mixed *= FACTOR_2;
    return mixed ^ mixed >>> 16;
  }
}
