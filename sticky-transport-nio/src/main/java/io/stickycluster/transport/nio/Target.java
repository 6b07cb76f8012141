package io.stickycluster.transport.nio;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A ready worker: where its server listens.
 *
 * @param id the worker process's id
 * @param address a unix socket or a loopback port
 * @param proxyProtocol whether its server expects a PROXY protocol header
 * @param trunks how many connections of each loop all clients share, 0 if each has its own
 */
record Target(long id, SocketAddress address, boolean proxyProtocol, int trunks) {

  boolean isUnix() {
    return address instanceof UnixDomainSocketAddress;
  }
}
