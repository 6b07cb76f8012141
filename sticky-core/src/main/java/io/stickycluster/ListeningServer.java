package io.stickycluster;

import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;

/** A server that listens on an address of its own, to which a transport proxies connections. */
public interface ListeningServer extends Server {

  /**
   * Starts to listen.
   *
   * @param suggested a unix socket path in the cluster's private directory (a {@link
   *     java.net.UnixDomainSocketAddress}); a server that can't listen there takes a loopback
   *     address with any free port
   * @return completes with the address it does listen on
   */
  CompletionStage<SocketAddress> listen(SocketAddress suggested);

  /**
   * Returns whether connections are to begin with a PROXY protocol v2 header that tells the
   * client's address.
   */
  boolean expectsProxyProtocol();

  /**
   * Returns how many connections each thread of a proxy is to open for all clients together, from 0
   * to 1024. Clients then share these as {@link io.stickycluster.spi.TrunkFrame} says, without a
   * PROXY protocol header. By default 0: every client has a connection of its own.
   */
  default int trunks() {
    return 0;
  }
}
