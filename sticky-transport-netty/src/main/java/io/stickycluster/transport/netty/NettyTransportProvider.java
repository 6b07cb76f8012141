package io.stickycluster.transport.netty;

import io.netty.channel.epoll.Epoll;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.TransportProvider;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.WorkerTransport;
import java.util.List;
import java.util.Optional;

/**
 * The transport {@code netty}: hands listeners or connections to workers by file descriptor. Needs
 * Linux; feeds a {@link NettyServer}.
 *
 * <p>Its hand-overs are {@code listener} (the kernel steers), {@code connection} (the master passes
 * descriptors) and {@code auto} (the first one if the hash, the balancer, the key and the kernel
 * allow it).
 */
public final class NettyTransportProvider implements TransportProvider {

  private static final List<String> HAND_OVERS =
      List.of(Parameters.AUTO, Parameters.LISTENER, Parameters.CONNECTION);

  /** Makes the provider; it opens nothing. */
  public NettyTransportProvider() {}

  @Override
  public String name() {
    return "netty";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Optional<String> unavailable() {
    try {
      Throwable cause = Epoll.unavailabilityCause();
      return cause == null ? Optional.empty() : Optional.of(explain(cause));
    } catch (LinkageError e) {
      return Optional.of(explain(e));
    }
  }

  @Override
  public Transport create(TransportSettings settings, Router router) {
    if (!HAND_OVERS.contains(settings.handOver())) {
      throw new IllegalArgumentException(
          "transport netty has no hand-over '"
              + settings.handOver()
              + "'; choose one of "
              + String.join(", ", HAND_OVERS));
    }
    return new NettyTransport(settings, router);
  }

  @Override
  public WorkerTransport createWorker() {
    return new NettyWorkerTransport();
  }

  private static String explain(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "transport netty needs Linux's epoll, which is not available here ("
        + root
        + "); add io.stickycluster:sticky-transport-nio, which works everywhere";
  }
}
