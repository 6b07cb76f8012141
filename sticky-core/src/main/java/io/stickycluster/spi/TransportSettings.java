package io.stickycluster.spi;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the master tells a transport at its creation.
 *
 * @param address where to listen; port 0 means any free one
 * @param backlog the length of the kernel's accept queue
 * @param directory a private directory (mode 0700) for sockets, removed with the master; its path
 *     is short enough for unix socket names of up to 40 bytes below it
 * @param handOver the wanted hand-over: {@code auto} or one that the transport names
 * @param keyReader finds keys in the first bytes, or null if the client's address is the key
 * @param parking the bounds on connections that wait for a worker
 * @param debug whether to log where each connection goes
 * @param options transport-specific options by name
 */
public record TransportSettings(
    InetSocketAddress address,
    int backlog,
    Path directory,
    String handOver,
    @Nullable KeyReader keyReader,
    Parking parking,
    boolean debug,
    Map<String, String> options) {

  /**
   * The bounds on parked connections.
   *
   * @param maxConnections how many connections may wait for one worker
   * @param maxWait how long one may wait
   */
  public record Parking(int maxConnections, Duration maxWait) {}
}
