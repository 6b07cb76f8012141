package io.stickycluster.hash;

import io.stickycluster.spi.HashStrategy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, 2012), its lower 32 bits: a keyed hash. Who does
 * not know the seed can't choose addresses that all go to one worker, so take a random one and keep
 * it secret.
 *
 * <p>The 128-bit key is made of the 64-bit seed: the seed itself, then SplitMix64's mix of it.
 * Without a seed the key is the well-known 00 01 … 0f, which protects from nothing. Equal to
 * Guava's {@code sipHash24}, which would allocate. Immutable.
 */
public final class SipHash implements HashStrategy {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long key0;
  private final long key1;

  /** Makes a strategy with the well-known key; called by {@link java.util.ServiceLoader}. */
  public SipHash() {
    this(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
  }

  private SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  @Override
  public String name() {
    return "siphash";
  }

  @Override
  public boolean isSeedable() {
    return true;
  }

  /** {@inheritDoc} Any seed will do. */
  @Override
  public HashStrategy seeded(long seed) {
    return new SipHash(seed, secondKey(seed));
  }

  /** Returns SplitMix64's first output for a seed (G. Steele, D. Lea, C. Flood, 2014). */
  static long secondKey(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int words = length / Long.BYTES;
    // Each turn of the loop is two rounds and takes one word; the last two finish and take none.
    for (int i = 0; i <= words + 2; i++) {
      long word = 0;
      if (i < words) {
        word = (long) LONG.get(key, offset + i * Long.BYTES);
      } else if (i == words) {
        word = tail(key, offset, length);
      } else if (i == words + 1) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return (int) (v0 ^ v1 ^ v2 ^ v3);
  }

  /** Returns the bytes behind the last whole word, with the length in the highest byte. */
  private static long tail(byte[] key, int offset, int length) {
    long tail = (long) length << 56;
    int end = offset + length;
    int shift = 0;
    for (int i = end - length % Long.BYTES; i < end; i++) {
      tail |= (key[i] & 0xffL) << shift;
      shift += 8;
    }
    return tail;
  }
}
