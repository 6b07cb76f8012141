package io.stickycluster;

import io.stickycluster.spi.SteeringProgram;
import java.util.Optional;

/**
 * Maps the hash of a client's key to the index of the worker that serves this client.
 *
 * <p>A balancer is made for a fixed number of workers; scaling the cluster makes a new one. It must
 * be safe for use by several threads, must not allocate per call, and should give the same answer
 * for the same hash on every host and in every run.
 */
public interface Balancer {

  /** Returns the number of workers this balancer chooses among, at least 1. */
  int workers();

  /**
   * Returns the index of the worker for a key.
   *
   * @param hash the key's hash, an unsigned 32-bit number
   * @return a number from 0 to {@code workers() - 1}; the master treats anything else as a fault of
   *     the balancer and serves the client on index 0
   */
  int index(int hash);

  /**
   * Returns the same mapping as a program for the kernel, whose accumulator starts with the hash
   * and ends with the index, or empty if it can't be said in 32-bit arithmetic.
   */
  default Optional<SteeringProgram> steering() {
    return Optional.empty();
  }
}
