package io.stickycluster.transport.nio;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * How much may be open before the acceptors rest.
 *
 * @param connections of clients
 * @param sockets of clients, and to workers for one client alone
 */
record Limits(int connections, int sockets) {

  /** Descriptors left to the master itself. */
  private static final int RESERVED_DESCRIPTORS = 256;

  /** Returns the limit that the user set, or else one that the limit of descriptors allows. */
  static Limits of(NioOptions options) {
    if (options.maxConnections() > 0) {
      return new Limits(options.maxConnections(), Integer.MAX_VALUE);
    }
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long free =
          unix.getMaxFileDescriptorCount()
              - unix.getOpenFileDescriptorCount()
              - RESERVED_DESCRIPTORS;
      return new Limits(Integer.MAX_VALUE, (int) Math.max(2, Math.min(Integer.MAX_VALUE, free)));
    }
    return new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** Returns which limit leaves no room for another connection, or null if there is room. */
  @Nullable String reached(Counts counts) {
    int open = counts.open.get();
    if (open >= connections) {
      return "max-connections (" + connections + ") are open";
    }
    if (open + counts.relays.get() + 2 > sockets) {
      return sockets + " sockets of clients and to workers are open";
    }
    return null;
  }
}
