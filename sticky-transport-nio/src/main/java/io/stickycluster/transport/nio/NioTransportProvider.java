package io.stickycluster.transport.nio;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.TransportProvider;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.WorkerTransport;
import java.util.Optional;

/**
 * The transport {@code nio}: the master proxies the bytes of every connection to a server that the
 * worker runs on a unix socket or a loopback port. Works on every OS that Java runs on.
 *
 * <p>Options, all optional:
 *
 * <ul>
 *   <li>{@code loops}: proxy threads, 1 to 64; default: the number of processors, at most 2
 *   <li>{@code max-connections}: connections open at once, past which no more are accepted until
 *       others end; default: what the limit of descriptors leaves room for
 *   <li>{@code connect-timeout}: how long a worker may take to accept a connection; default 10s
 *   <li>{@code idle-timeout}: how long a connection may be silent both ways; default 1h
 *   <li>{@code half-closed-timeout}: how long a connection may be silent after the worker ended its
 *       side; default 60s
 * </ul>
 *
 * Durations are written as {@code 500ms}, {@code 60s}, {@code 5m} or {@code 1h}.
 */
public final class NioTransportProvider implements TransportProvider {

  /** Makes the provider; called by {@link java.util.ServiceLoader}. */
  public NioTransportProvider() {}

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public Transport create(TransportSettings settings, Router router) {
    return new NioTransport(settings, NioOptions.of(settings), router);
  }

  @Override
  public WorkerTransport createWorker() {
    return new NioWorkerTransport();
  }
}
