package io.stickycluster.hash;

import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.CombineRegister;
import io.stickycluster.spi.SteeringProgram.Constant;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Step;
import io.stickycluster.spi.SteeringProgram.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The default: D. J. Bernstein's hash in its xor variant, from the last element to the first, as
 * npm's {@code string-hash} and thus {@code sticky-cluster} compute it.
 *
 * <p>Text keys are UTF-8 and hashed by UTF-16 code units, as JavaScript sees them. Stateless.
 */
public final class Djb2 implements HashStrategy {

  private static final int START = 5381;
  private static final int FACTOR = 33;

  /** Makes a strategy; called by {@link java.util.ServiceLoader}. */
  public Djb2() {}

  @Override
  public String name() {
    return "djb2";
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    int hash = START;
    int end = offset + length;
    for (; end - offset >= 4; end -= 4) { // addresses have 4 or 16 bytes
      hash = hash * FACTOR ^ (key[end - 1] & 0xff);
      hash = hash * FACTOR ^ (key[end - 2] & 0xff);
      hash = hash * FACTOR ^ (key[end - 3] & 0xff);
      hash = hash * FACTOR ^ (key[end - 4] & 0xff);
    }
    for (; end > offset; end--) {
      hash = hash * FACTOR ^ (key[end - 1] & 0xff);
    }
    return hash;
  }

  @Override
  public int hashText(byte[] key, int offset, int length) {
    int hash = START;
    for (int i = offset + length - 1; i >= offset; i--) {
      int unit = key[i];
      if (unit < 0) {
        return Utf8.hashBackwards(key, offset, length, START, FACTOR);
      }
      hash = hash * FACTOR ^ unit;
    }
    return hash;
  }

  @Override
  public Optional<SteeringProgram> steering(int addressLength) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Constant(START));
    for (int i = addressLength - 1; i >= 0; i--) {
      steps.add(new Combine(Operation.MULTIPLY, FACTOR));
      steps.add(new Store(0));
      steps.add(new AddressByte(i));
      steps.add(new CombineRegister(Operation.XOR, 0));
    }
    return Optional.of(new SteeringProgram(steps));
  }
}
