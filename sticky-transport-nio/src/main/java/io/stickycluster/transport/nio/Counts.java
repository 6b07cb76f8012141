package io.stickycluster.transport.nio;

import io.stickycluster.spi.Transport.TransportCounters;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The transport's counts, which all loops share. Safe for use by several threads. */
final class Counts {

  final LongAdder accepted = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final AtomicInteger open = new AtomicInteger();

  /** Open connections that have a socket to a worker for themselves. */
  final AtomicInteger relays = new AtomicInteger();

  private final ConcurrentHashMap<Integer, AtomicInteger> parked = new ConcurrentHashMap<>();

  /** Returns the number of connections that wait for the worker of an index. */
  AtomicInteger parked(int index) {
    return parked.computeIfAbsent(index, i -> new AtomicInteger());
  }

  TransportCounters snapshot() {
    long waiting = parked.values().stream().mapToLong(AtomicInteger::get).sum();
    return new TransportCounters(accepted.sum(), waiting, rejected.sum(), 0, open.get());
  }
}
