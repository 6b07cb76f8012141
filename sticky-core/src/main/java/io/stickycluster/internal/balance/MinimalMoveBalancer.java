package io.stickycluster.internal.balance;

import com.google.common.primitives.Ints;
import io.stickycluster.Balancer;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.CombineRegister;
import io.stickycluster.spi.SteeringProgram.Lookup;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Store;
import java.util.Optional;

/**
 * Moves only one client in n + 1 when the number of workers changes from n to n + 1: the hash is
 * mixed and looked up in a {@link SliceTable}. Mixing by {@link Fmix32} spreads hashes that lie
 * close together, such as djb2's of neighbouring addresses, over the whole space.
 */
final class MinimalMoveBalancer implements Balancer {

  /** Bounds the table, which grows with the square of the number of workers. */
  static final int MAX_WORKERS = 1024;

  private final int workers;
  private final SliceTable slices;

  MinimalMoveBalancer(int workers) {
    this.workers = Workers.check(workers);
    if (workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "balancer '%s' takes at most %d workers: %d"
              .formatted(Balancers.MINIMAL_MOVE, MAX_WORKERS, workers));
    }
    slices = SliceTable.of(workers);
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int index(int hash) {
    return slices.owner(Fmix32.mix(hash));
  }

  @Override
  public Optional<SteeringProgram> steering() {
    return Optional.of(
        xorShift(16)
            .then(SteeringProgram.of(new Combine(Operation.MULTIPLY, Fmix32.FACTOR_1)))
            .then(xorShift(13))
            .then(SteeringProgram.of(new Combine(Operation.MULTIPLY, Fmix32.FACTOR_2)))
            .then(xorShift(16))
            .then(
                SteeringProgram.of(
                    new Lookup(Ints.asList(slices.starts()), Ints.asList(slices.owners())))));
  }

  private static SteeringProgram xorShift(int bits) {
    return SteeringProgram.of(
        new Store(0),
        new Combine(Operation.SHIFT_RIGHT, bits),
        new CombineRegister(Operation.XOR, 0));
  }
}
