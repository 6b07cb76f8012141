package io.stickycluster.transport.nio;

import io.stickycluster.ListeningServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Any server that can listen on a unix socket or a loopback port, such as Jetty, Tomcat or the
 * JDK's HttpServer, as a worker's server. The program starts it where it is told to and says how to
 * end it.
 *
 * <p>A unix socket lies in the cluster's private directory, where nobody else gets in; a loopback
 * port is open to every user of the machine.
 */
public final class AnyServer implements ListeningServer {

  /** Starts a server. */
  @FunctionalInterface
  public interface Starter {
    /**
     * Starts the server and returns when it listens.
     *
     * @param suggested where to listen, a unix socket
     * @return where it does listen
     * @throws Exception if it can't start
     */
    SocketAddress start(UnixDomainSocketAddress suggested) throws Exception;
  }

  /** Starts a server on a unix socket. */
  @FunctionalInterface
  public interface UnixStarter {
    /**
     * Starts the server and returns when it listens on this path.
     *
     * @throws Exception if it can't start
     */
    void start(Path path) throws Exception;
  }

  /** Starts a server on a port. */
  @FunctionalInterface
  public interface PortStarter {
    /**
     * Starts the server and returns when it listens on the loopback address.
     *
     * @return its port
     * @throws Exception if it can't start
     */
    int start(InetAddress loopback) throws Exception;
  }

  private final Builder options;

  private AnyServer(Builder options) {
    this.options = options;
  }

  /** A server that is started on a unix socket. */
  public static Builder unix(UnixStarter starter) {
    return new Builder(
        suggested -> {
          starter.start(suggested.getPath());
          return suggested;
        });
  }

  /** A server that is started on a port of the loopback address that it chooses (port 0). */
  public static Builder port(PortStarter starter) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return new Builder(suggested -> new InetSocketAddress(loopback, starter.start(loopback)));
  }

  /** A server that is started on the suggested unix socket or elsewhere. */
  public static Builder listening(Starter starter) {
    return new Builder(starter);
  }

  @Override
  public CompletionStage<SocketAddress> listen(SocketAddress suggested) {
    if (!(suggested instanceof UnixDomainSocketAddress unix)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("a unix socket path expected, got " + suggested));
    }
    try {
      return CompletableFuture.completedFuture(options.starter.start(unix));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public boolean expectsProxyProtocol() {
    return options.proxyProtocol;
  }

  @Override
  public CompletionStage<?> drain() {
    return options.onDrain.get();
  }

  @Override
  public void close() {
    options.onClose.run();
  }

  /** Says what a server can do. Not safe for use by several threads. */
  public static final class Builder {
    private final Starter starter;
    private boolean proxyProtocol;
    private Supplier<? extends CompletionStage<?>> onDrain =
        () -> CompletableFuture.completedFuture(null);
    private Runnable onClose = () -> {};

    private Builder(Starter starter) {
      this.starter = starter;
    }

    /**
     * Sets whether the server expects a PROXY protocol v2 header on every connection, by which it
     * learns the client's address. False by default: every client then seems to be the master.
     */
    public Builder proxyProtocol(boolean expected) {
      proxyProtocol = expected;
      return this;
    }

    /**
     * Sets how the server finishes what is in flight: the stage completes when no connection is
     * left. By default it counts as done at once.
     */
    public Builder onDrain(Supplier<? extends CompletionStage<?>> drain) {
      onDrain = drain;
      return this;
    }

    /**
     * Sets how the server closes everything at once. By default it is left to the process's end.
     */
    public Builder onClose(Runnable close) {
      onClose = close;
      return this;
    }

    /** Makes the server. This builder must not be used any more. */
    public AnyServer build() {
      return new AnyServer(this);
    }
  }
}
