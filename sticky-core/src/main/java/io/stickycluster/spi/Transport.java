package io.stickycluster.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * The master's half of a transport: owns the listening sockets and brings every client's connection
 * to the worker of its index.
 *
 * <p>The master calls all methods from one thread, in this order: {@link #bind()} once; for every
 * worker process {@link #prepare}, then {@link #ready}, then {@link #drain} (planned ends only),
 * then {@link #exited}; {@link #shutdown()} and at last {@link #close()}. Connections that arrive
 * before a worker of their index is ready wait for it. No method may block for long.
 */
public interface Transport extends AutoCloseable {

  /**
   * Opens the listening sockets, for as many workers as the router has. Clients may connect from
   * here on and wait.
   *
   * @return the address listened on, with the real port
   * @throws IOException if the address can't be had
   */
  InetSocketAddress bind() throws IOException;

  /**
   * Returns how connections reach workers: {@code listener}, {@code connection} or {@code bytes}.
   */
  String handOver();

  /** Returns one sentence for the log: what was chosen and why. */
  String describe();

  /**
   * A worker was forked.
   *
   * @return what its {@link WorkerTransport} needs to know; reaches it over the control link
   */
  Map<String, String> prepare(Seat seat);

  /**
   * A worker takes connections from now on. If another one of its index was ready, new connections
   * go to this one.
   *
   * @param answer what the worker's {@link WorkerTransport#start} completed with
   */
  void ready(Seat seat, Map<String, String> answer);

  /** This worker takes no new connections: hand it no more, but finish what is under way. */
  void drain(Seat seat);

  /** This worker is gone. What it had not acknowledged goes to its successor. */
  void exited(Seat seat);

  /**
   * The number of workers changes: from now on connections go where the new router says.
   *
   * @throws IOException if sockets for added workers can't be had; nothing has changed then
   */
  void resize(Router router) throws IOException;

  /** Returns live counts. May be called from any thread. */
  TransportCounters counters();

  /** Accepts no more connections; those accepted are still served. */
  void shutdown();

  /** Closes everything at once; idempotent. */
  @Override
  void close();

  /**
   * One worker process in its slot.
   *
   * @param index the slot's index
   * @param id the process's id, never used twice
   * @param token a secret that this worker, and nobody else, can show to the transport
   */
  record Seat(int index, long id, String token) {}

  /**
   * Live counts of a transport. Those of connections that the kernel steers are counted by the
   * workers instead.
   *
   * @param accepted connections accepted by the master so far
   * @param parked connections that wait for a worker now
   * @param rejected connections closed because a bound of parking was passed
   * @param unacknowledged connections handed over but not yet acknowledged
   * @param open connections that the master itself holds open now
   */
  record TransportCounters(
      long accepted, long parked, long rejected, long unacknowledged, long open) {}
}
