package io.stickycluster.bench.transport;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.transport.nio.NioTransportProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The NIO transport's master half by itself, in front of workers that run already. */
final class NioProxy {

  private NioProxy() {}

  /**
   * Runs until standard input ends. Arguments: the port, then options as {@code name=value}, then
   * the workers' socket paths.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    int first = 1;
    for (; args[first].contains("="); first++) {
      String[] option = args[first].split("=", 2);
      options.put(option[0], option[1]);
    }
    int workers = args.length - first;
    TransportSettings settings =
        new TransportSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])),
            1024,
            Path.of("."),
            "auto",
            null,
            new Parking(1024, Duration.ofSeconds(30)),
            false,
            options);
    try (Transport transport = new NioTransportProvider().create(settings, new Djb2(workers))) {
      transport.bind();
      for (int i = 0; i < workers; i++) {
        Seat seat = new Seat(i, i, "");
        transport.prepare(seat);
        transport.ready(
            seat, Map.of("address", "unix:" + args[first + i], "proxyProtocol", "true"));
      }
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // The parent says nothing; its end is the sign to go.
      }
    }
    System.exit(0);
  }

  /** djb2 of the address, modulo the number of workers. */
  private record Djb2(int workers) implements Router {
    @Override
    public int indexOfAddress(byte[] address, int offset, int length) {
      int hash = 5381;
      for (int i = 0; i < length; i++) {
        hash = hash * 33 + address[offset + i];
      }
      return Integer.remainderUnsigned(hash, workers);
    }

    @Override
    public int indexOfText(byte[] key, int offset, int length) {
      return indexOfAddress(key, offset, length);
    }

    @Override
    public Optional<SteeringProgram> steering(int addressLength) {
      return Optional.empty();
    }

    @Override
    public Optional<String> steeringObstacle() {
      return Optional.of("a proxy steers by itself");
    }
  }
}
