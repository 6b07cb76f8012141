package io.stickycluster.transport.nio;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A ready worker: where its server listens.
 *
 * @param id the worker process's id
 * @param address a unix socket or a loopback port
 * @param proxyProtocol whether its server expects a PROXY protocol header
 */
record Target(long id, SocketAddress address, boolean proxyProtocol) {

  boolean isUnix() {
    return address instanceof UnixDomainSocketAddress;
  }
}
