package io.stickycluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A worker's server, as far as its cluster has to do with it. What a worker's program completes
 * with: a server of a transport module, such as {@code NettyServer} or {@code NioServer}, or any
 * server that listens, by way of {@link ListeningServer}.
 *
 * <p>Implementations must be safe for use by several threads.
 */
public interface Server {

  /**
   * Finishes what is in flight and tells idle clients to go, after the transport stopped bringing
   * new connections. Idempotent.
   *
   * @return completes when no connection is left
   */
  CompletionStage<?> drain();

  /** Closes everything at once; idempotent. */
  void close();

  /** Returns live counts. */
  default Counters counters() {
    return Counters.NONE;
  }

  /**
   * Shows that the server is alive: completes soon if its threads still turn. The master's watchdog
   * asks this.
   */
  default CompletionStage<?> probe() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Live counts of a server.
   *
   * @param accepted connections taken so far
   * @param open connections open now
   * @param inFlight requests being served now, as far as the server knows
   */
  record Counters(long accepted, long open, long inFlight) {
    /** All zero. */
    public static final Counters NONE = new Counters(0, 0, 0);
  }
}
