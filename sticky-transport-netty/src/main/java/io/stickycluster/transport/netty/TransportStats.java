package io.stickycluster.transport.netty;

import io.stickycluster.spi.Transport.TransportCounters;
import java.util.concurrent.atomic.LongAdder;

/** The live counts of the master's half; written by its event loop, read by anyone. */
final class TransportStats {

  final LongAdder accepted = new LongAdder();
  final LongAdder parked = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder unacknowledged = new LongAdder();
  final LongAdder open = new LongAdder();

  TransportCounters snapshot() {
    return new TransportCounters(
        accepted.sum(), parked.sum(), rejected.sum(), unacknowledged.sum(), open.sum());
  }
}
