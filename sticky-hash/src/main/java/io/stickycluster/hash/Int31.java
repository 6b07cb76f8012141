package io.stickycluster.hash;

import io.stickycluster.spi.HashStrategy;

/**
 * The hash of npm's {@code sticky-session}, and of {@code sticky-cluster}'s benchmark, bit for bit:
 * JavaScript numbers cut to 31 bits after every addition, so some intermediates have 33 bits and
 * the kernel can't compute it. Here to move from {@code sticky-session} and to compare; it scatters
 * text keys badly.
 *
 * <p>Text keys are split at dots, and each part is read by JavaScript's {@code parseInt}, as the
 * benchmark does; so all IPv6 addresses that start with a letter hash alike.
 *
 * <p>Immutable. {@code sticky-session} draws its seed at random; here it is 0 unless given, so that
 * a client keeps its worker when the master restarts.
 */
public final class Int31 implements HashStrategy {

  /** The largest seed's magnitude, so that sums stay exact in JavaScript, too. */
  static final long MAX_SEED = 1L << 52;

  private static final long MODULUS = 1L << 31;
  private static final int MASK = Integer.MAX_VALUE;

  private final long seed;

  /** Makes a strategy with seed 0; called by {@link java.util.ServiceLoader}. */
  public Int31() {
    this(0);
  }

  private Int31(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "int31";
  }

  @Override
  public boolean isSeedable() {
    return true;
  }

  /** {@inheritDoc} The seed may be from -2^52 to 2^52. */
  @Override
  public HashStrategy seeded(long newSeed) {
    if (newSeed < -MAX_SEED || newSeed > MAX_SEED) {
      throw new IllegalArgumentException(
          "the seed of hash strategy 'int31' must be from -2^52 to 2^52: " + newSeed);
    }
    return new Int31(newSeed);
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    if (length == 0) {
      return finish(seed);
    }
    int hash = mix(seed + (key[offset] & 0xff));
    for (int i = offset + 1; i < offset + length; i++) {
      hash = mix(hash, key[i] & 0xff);
    }
    return finish(hash);
  }

  @Override
  public int hashText(byte[] key, int offset, int length) {
    int end = offset + length;
    int dot = ParseInt.find('.', key, offset, end);
    int hash = addPart(seed, key, offset, dot);
    while (dot < end) {
      int start = dot + 1;
      dot = ParseInt.find('.', key, start, end);
      hash = addPart(hash, key, start, dot);
    }
    return finish(hash);
  }

  private static int addPart(long hash, byte[] key, int start, int end) {
    long number = ParseInt.parse(key, start, end);
    if (number == ParseInt.NOT_A_NUMBER) {
      return 0; // NaN survives JavaScript's arithmetic until a bitwise operation makes it 0
    }
    if (number == ParseInt.LARGE) {
      double sum = (hash + ParseInt.parseLarge(key, start, end)) % MODULUS;
      return Double.isNaN(sum) ? 0 : mix((long) sum);
    }
    return mix(hash + number);
  }

  /**
   * Mixes a sum of any sign. JavaScript's % keeps the sign, its shifts and xor cut their operands
   * to signed 32 bits. The result is not negative, as xor drops a sign that both operands have.
   */
  private static int mix(long sum) {
    long hash = addShifted(sum % MODULUS, 10);
    return (int) hash ^ (int) hash >> 6;
  }

  /** Does the same for a hash and a number that are both not negative. */
  private static int mix(int hash, int number) {
    int mixed = addShifted(hash + number & MASK, 10);
    return mixed ^ mixed >> 6;
  }

  private static int finish(long mixed) {
    long sum = addShifted(mixed, 3);
    return addShifted((int) sum ^ (int) sum >> 11, 15);
  }

  /** Returns what JavaScript makes of {@code hash += hash << bits; hash %= 2147483648}. */
  private static long addShifted(long hash, int bits) {
    return (hash + ((int) hash << bits)) % MODULUS;
  }

  /**
   * Does the same for a hash that is not negative, in 32 bits: if what is added is negative, so may
   * be the sum, and neither needs the remainder; else the sum is one of unsigned 32 bits.
   */
  private static int addShifted(int hash, int bits) {
    int shifted = hash << bits;
    return hash + shifted & (shifted | MASK);
  }
}
