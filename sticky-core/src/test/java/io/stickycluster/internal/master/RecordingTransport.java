package io.stickycluster.internal.master;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A transport that brings nobody anywhere and writes down what the master told it. */
final class RecordingTransport implements Transport {

  final List<String> calls = new ArrayList<>();
  boolean refusesResize;

  @Override
  public InetSocketAddress bind() {
    return new InetSocketAddress(0);
  }

  @Override
  public String handOver() {
    return "nothing";
  }

  @Override
  public String describe() {
    return "records calls";
  }

  @Override
  public Map<String, String> prepare(Seat seat) {
    calls.add("prepare " + text(seat));
    return Map.of();
  }

  @Override
  public void ready(Seat seat, Map<String, String> answer) {
    calls.add("ready " + text(seat));
  }

  @Override
  public void drain(Seat seat) {
    calls.add("drain " + text(seat));
  }

  @Override
  public void exited(Seat seat) {
    calls.add("exited " + text(seat));
  }

  @Override
  public void resize(Router router) throws IOException {
    if (refusesResize) {
      throw new IOException("no more sockets");
    }
    calls.add("resize " + router.workers());
  }

  @Override
  public TransportCounters counters() {
    return new TransportCounters(0, 0, 0, 0, 0);
  }

  @Override
  public void shutdown() {
    calls.add("shutdown");
  }

  @Override
  public void close() {
    calls.add("close");
  }

  private static String text(Seat seat) {
    return seat.index() + "#" + seat.id();
  }
}
