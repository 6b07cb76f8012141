package io.stickycluster.bench.hash;

import io.stickycluster.Balancer;
import io.stickycluster.spi.HashStrategy;

/** Deals a population's clients to workers. */
interface Scatter {

  /** Adds the number of keys that go to each index to the counts. */
  void run(HashStrategy strategy, Balancer balancer, Population population, int[] counts);
}
