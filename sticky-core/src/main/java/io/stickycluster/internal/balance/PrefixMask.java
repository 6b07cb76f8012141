package io.stickycluster.internal.balance;

import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.AddressWord;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Step;
import java.util.ArrayList;
import java.util.List;

/** Clears the bits of an address behind a prefix, in Java and in programs for the kernel. */
final class PrefixMask {

  private final byte[] mask;
  private final boolean keepsAll;

  /**
   * Makes a mask.
   *
   * @param addressLength 4 or 16
   * @param prefixBits how many leading bits stay
   */
  PrefixMask(int addressLength, int prefixBits) {
    mask = new byte[addressLength];
    for (int bit = 0; bit < prefixBits; bit++) {
      mask[bit / 8] |= (byte) (0x80 >>> bit % 8);
    }
    keepsAll = prefixBits == 8 * addressLength;
  }

  /** Returns whether the mask changes nothing. */
  boolean keepsAll() {
    return keepsAll;
  }

  /** Writes the masked address to the start of {@code to}. */
  void apply(byte[] address, int offset, byte[] to) {
    for (int i = 0; i < mask.length; i++) {
      to[i] = (byte) (address[offset + i] & mask[i]);
    }
  }

  /** Returns a program that does the same with the masked address as the given one. */
  SteeringProgram apply(SteeringProgram program) {
    if (keepsAll) {
      return program;
    }
    List<Step> steps = new ArrayList<>();
    for (Step step : program.steps()) {
      steps.add(step);
      if (step instanceof AddressByte read) {
        steps.add(new Combine(Operation.AND, mask[read.index()] & 0xff));
      } else if (step instanceof AddressWord read) {
        steps.add(new Combine(Operation.AND, new AddressWord(read.index()).apply(0, NONE, mask)));
      }
    }
    return new SteeringProgram(steps);
  }

  private static final int[] NONE = {};
}
