package io.stickycluster.transport.nio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/** The notation for a worker's address: {@code unix:/path} or {@code inet:host:port}. */
final class Addresses {

  private static final String UNIX = "unix:";
  private static final String INET = "inet:";

  private Addresses() {}

  /**
   * Writes an address.
   *
   * @throws IllegalArgumentException if it is neither a unix socket nor a loopback port; the
   *     wildcard address counts as loopback
   */
  static String format(SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress unix && !unix.getPath().toString().isEmpty()) {
      return UNIX + unix.getPath().toAbsolutePath();
    }
    if (address instanceof InetSocketAddress inet && !inet.isUnresolved() && inet.getPort() > 0) {
      InetAddress host = inet.getAddress();
      if (host.isAnyLocalAddress()) {
        host = InetAddress.getLoopbackAddress();
      }
      if (host.isLoopbackAddress()) {
        return INET + host.getHostAddress() + ":" + inet.getPort();
      }
    }
    throw new IllegalArgumentException(
        "the worker's server listens on "
            + address
            + "; transport nio reaches unix sockets and ports of the loopback address only");
  }

  /**
   * Reads what {@link #format} wrote.
   *
   * @throws IllegalArgumentException if the text is not such an address
   */
  static SocketAddress parse(String text) {
    if (text.startsWith(UNIX)) {
      return UnixDomainSocketAddress.of(text.substring(UNIX.length()));
    }
    int colon = text.lastIndexOf(':');
    if (text.startsWith(INET) && colon > INET.length()) {
      try {
        // A literal address is not looked up.
        InetAddress host = InetAddress.getByName(text.substring(INET.length(), colon));
        int port = Integer.parseInt(text.substring(colon + 1));
        if (host.isLoopbackAddress() && port > 0) {
          return new InetSocketAddress(host, port);
        }
      } catch (UnknownHostException | NumberFormatException e) {
        throw new IllegalArgumentException(problem(text), e);
      }
    }
    throw new IllegalArgumentException(problem(text));
  }

  private static String problem(String text) {
    return "worker address " + text + " is neither unix:/path nor inet:loopback-host:port";
  }
}
