package io.stickycluster.transport.netty;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import io.stickycluster.transport.netty.bpf.ReuseportSteering;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Opens the listening sockets of the port. */
final class PortListeners {

  private static final byte[] ANY_IPV6 = new byte[16];
  private static final byte[] ANY_IPV4 = new byte[4];

  private PortListeners() {}

  /**
   * Opens a listener that has the port to itself. A wildcard address takes IPv6 and IPv4 clients
   * alike, or only IPv4 ones where there is no IPv6.
   *
   * @param shared whether more listeners will join it with {@link #join}; it ignores its clients
   *     until {@link ReuseportSteering#unmute}
   * @throws BindException if the address is in use, not allowed or not there
   */
  static Socket open(InetSocketAddress address, int backlog, boolean shared) throws IOException {
    InetAddress host = address.getAddress();
    if (host == null) {
      throw new BindException("can't listen on " + address.getHostString() + ": unknown host");
    }
    if (!host.isAnyLocalAddress()) {
      return bind(host, address.getPort(), backlog, shared);
    }
    try {
      return bind(InetAddress.getByAddress(ANY_IPV6), address.getPort(), backlog, shared);
    } catch (NoIpv6Exception e) {
      return bind(InetAddress.getByAddress(ANY_IPV4), address.getPort(), backlog, shared);
    }
  }

  /**
   * Opens another listener on the port of one that was opened as shared. The kernel numbers them in
   * the order of opening.
   */
  static Socket join(InetSocketAddress address, int backlog) throws IOException {
    return listen(address, backlog, true, true);
  }

  private static Socket bind(InetAddress host, int port, int backlog, boolean shared)
      throws IOException {
    return listen(new InetSocketAddress(host, port), backlog, false, shared);
  }

  private static Socket listen(
      InetSocketAddress address, int backlog, boolean shareBefore, boolean shareAfter)
      throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    Socket socket;
    try {
      socket = LinuxSocket.newSocketStream(ipv6);
    } catch (ChannelException e) {
      throw ipv6 ? new NoIpv6Exception(address, e) : describe(address, e);
    }
    try {
      socket.setReuseAddress(true);
      if (shareBefore) {
        socket.setReusePort(true);
      }
      socket.bind(address);
      if (shareAfter) {
        // Not before: bound without the option, the port proved to be nobody else's, not even
        // another cluster's of the same user, whom SO_REUSEPORT would let in silently.
        socket.setReusePort(true);
      }
      if (shareAfter && !shareBefore) {
        ReuseportSteering.mute(socket);
      }
      // Accepted connections inherit this, which saves a call for each of them.
      socket.setTcpNoDelay(true);
      socket.listen(backlog);
      return socket;
    } catch (NativeIoException e) {
      Descriptors.close(socket);
      throw ipv6 && Errno.of(e) == Errno.EADDRNOTAVAIL
          ? new NoIpv6Exception(address, e)
          : describe(address, e);
    } catch (IOException | ChannelException e) {
      // An option was refused, not the address.
      Descriptors.close(socket);
      throw new IOException(e.getMessage(), e);
    }
  }

  private static BindException describe(InetSocketAddress address, Exception cause) {
    String reason =
        switch (cause instanceof IOException io ? Errno.of(io) : 0) {
          case Errno.EADDRINUSE -> "the port is in use; stop what listens there or choose another";
          case Errno.EADDRNOTAVAIL -> "this machine has no such address";
          case Errno.EACCES -> "not allowed; ports below 1024 need a privilege";
          default -> String.valueOf(cause.getMessage());
        };
    BindException e =
        new BindException(
            "can't listen on "
                + address.getAddress().getHostAddress()
                + " port "
                + address.getPort()
                + ": "
                + reason);
    e.initCause(cause);
    return e;
  }

  /** The machine has no IPv6, or it is switched off. */
  private static final class NoIpv6Exception extends BindException {
    private static final long serialVersionUID = 1L;

    NoIpv6Exception(InetSocketAddress address, Exception cause) {
      super("can't listen on " + address + ", because IPv6 is switched off: " + cause.getMessage());
      initCause(cause);
    }
  }
}
