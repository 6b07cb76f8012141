package io.stickycluster.spi;

import java.util.Optional;

/**
 * Makes the two halves of a transport: one in the master, one in every worker. Found by {@link
 * java.util.ServiceLoader} and chosen by name.
 *
 * <p>Implementations need a public no-argument constructor that does not throw; what keeps a
 * transport from working is told by {@link #unavailable()}.
 */
public interface TransportProvider {

  /** Returns the name users choose this transport by, such as {@code netty}. */
  String name();

  /** Returns which transport wins if none is named: the highest available one, then by name. */
  int priority();

  /** Returns why this transport can't work here and what to do, or empty if it can. */
  Optional<String> unavailable();

  /**
   * Makes the master's half. Opens nothing yet.
   *
   * @throws IllegalArgumentException if a setting is not one of the transport's; says which values
   *     there are
   */
  Transport create(TransportSettings settings, Router router);

  /** Makes a worker's half. Opens nothing yet. */
  WorkerTransport createWorker();
}
