package io.stickycluster.hash;

import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.CombineRegister;
import io.stickycluster.spi.SteeringProgram.Constant;
import io.stickycluster.spi.SteeringProgram.Load;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Step;
import io.stickycluster.spi.SteeringProgram.Store;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MurmurHash3, x86 32-bit variant (A. Appleby, public domain): scatters structured addresses, such
 * as a block of neighbours, as evenly as random ones, and the kernel can compute it. Equal to
 * Guava's {@code murmur3_32_fixed}, which would allocate. Immutable.
 */
public final class Murmur3 implements HashStrategy {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;
  private static final int C3 = 0xe6546b64;
  private static final int C4 = 0x85ebca6b;
  private static final int C5 = 0xc2b2ae35;

  private final int seed;

  /** Makes a strategy with seed 0; called by {@link java.util.ServiceLoader}. */
  public Murmur3() {
    this(0);
  }

  private Murmur3(int seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "murmur3";
  }

  @Override
  public boolean isSeedable() {
    return true;
  }

  /** {@inheritDoc} The seed has 32 bits. */
  @Override
  public HashStrategy seeded(long newSeed) {
    return new Murmur3(Seeds.to32Bits(name(), newSeed));
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    int hash = seed;
    int end = offset + length;
    int at = offset;
    for (; at + 4 <= end; at += 4) {
      hash = Integer.rotateLeft(hash ^ scramble((int) WORD.get(key, at)), 13) * 5 + C3;
    }
    int tail = 0;
    for (int shift = 0; at < end; at++, shift += 8) {
      tail |= (key[at] & 0xff) << shift;
    }
    hash ^= scramble(tail);
    hash ^= length;
    hash = (hash ^ hash >>> 16) * C4;
    hash = (hash ^ hash >>> 13) * C5;
    return hash ^ hash >>> 16;
  }

  private static int scramble(int word) {
    return Integer.rotateLeft(word * C1, 15) * C2;
  }

  @Override
  public Optional<SteeringProgram> steering(int addressLength) {
    Arithmetic program = new Arithmetic();
    program.add(new Constant(seed), new Store(Arithmetic.HASH));
    for (int at = 0; at < addressLength; at += 4) {
      program.loadLittleEndian(at);
      program.multiply(C1).rotateLeft(15).multiply(C2);
      program.add(new CombineRegister(Operation.XOR, Arithmetic.HASH));
      program.rotateLeft(13).multiply(5);
      program.add(new Combine(Operation.ADD, C3), new Store(Arithmetic.HASH));
    }
    program.add(new Combine(Operation.XOR, addressLength));
    program.xorShift(16).multiply(C4).xorShift(13).multiply(C5).xorShift(16);
    return Optional.of(new SteeringProgram(program.steps));
  }

  /** Writes the steps that murmur's arithmetic is made of. */
  private static final class Arithmetic {
    static final int HASH = 0;
    private static final int TEMPORARY = 1;

    private final List<Step> steps = new ArrayList<>();

    void add(Step... more) {
      steps.addAll(List.of(more));
    }

    Arithmetic multiply(int factor) {
      add(new Combine(Operation.MULTIPLY, factor));
      return this;
    }

    Arithmetic rotateLeft(int bits) {
      add(new Store(TEMPORARY), new Combine(Operation.SHIFT_LEFT, bits), new Store(TEMPORARY + 1));
      add(new Load(TEMPORARY), new Combine(Operation.SHIFT_RIGHT, 32 - bits));
      add(new CombineRegister(Operation.OR, TEMPORARY + 1));
      return this;
    }

    Arithmetic xorShift(int bits) {
      add(new Store(TEMPORARY), new Combine(Operation.SHIFT_RIGHT, bits));
      add(new CombineRegister(Operation.XOR, TEMPORARY));
      return this;
    }

    /** Reads four bytes of the address, the first one lowest. */
    void loadLittleEndian(int at) {
      add(new AddressByte(at), new Store(TEMPORARY));
      for (int i = 1; i < 4; i++) {
        add(new AddressByte(at + i), new Combine(Operation.SHIFT_LEFT, 8 * i));
        add(new CombineRegister(Operation.OR, TEMPORARY), new Store(TEMPORARY));
      }
    }
  }
}
