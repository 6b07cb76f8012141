package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.Operation;
import java.util.Optional;

/**
 * The hash modulo the number of workers, as the original does. Changing the number of workers from
 * n to n + 1 moves n of every n + 1 clients.
 */
final class ModuloBalancer implements Balancer {

  private final int workers;

  /** ceil(2^64 / workers), or 0 for one worker. */
  private final long reciprocal;

  ModuloBalancer(int workers) {
    this.workers = Workers.check(workers);
    reciprocal = Long.divideUnsigned(-1L, workers) + 1;
  }

  @Override
  public int workers() {
    return workers;
  }

  /**
   * Two multiplications in place of a division, which takes longer than a whole hash: D. Lemire, O.
   * Kaser, N. Kurz, "Faster remainder by direct computation", 2019; exact for all 32-bit numbers.
   */
  @Override
  public int index(int hash) {
    long fraction = reciprocal * (hash & 0xffff_ffffL);
    // multiplyHigh is signed; this is what it lacks for a fraction of one half and above.
    long missing = (fraction >> 63) & workers;
    return (int) (Math.multiplyHigh(fraction, workers) + missing);
  }

  @Override
  public Optional<SteeringProgram> steering() {
    return Optional.of(SteeringProgram.of(new Combine(Operation.REMAINDER, workers)));
  }
}
