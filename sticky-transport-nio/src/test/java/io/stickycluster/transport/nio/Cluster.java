package io.stickycluster.transport.nio;

import io.stickycluster.ListeningServer;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.spi.WorkerTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The transport with a hand-made router, and its workers, all in this JVM on real sockets. */
final class Cluster implements AutoCloseable {

  /** What to make differently from the defaults. */
  static final class Setup {
    int workers = 1;
    Parking parking = new Parking(100, Duration.ofSeconds(20));
    @Nullable KeyReader keyReader;
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    final Map<String, String> options = new HashMap<>();
  }

  /** A reader's last byte of the address, or sum of the text, modulo the number of workers. */
  record TestRouter(int workers) implements Router {
    @Override
    public int indexOfAddress(byte[] address, int offset, int length) {
      return (address[offset + length - 1] & 0xff) % workers;
    }

    @Override
    public int indexOfText(byte[] key, int offset, int length) {
      int sum = 0;
      for (int i = 0; i < length; i++) {
        sum += key[offset + i];
      }
      return sum % workers;
    }

    @Override
    public Optional<SteeringProgram> steering(int addressLength) {
      return Optional.empty();
    }

    @Override
    public Optional<String> steeringObstacle() {
      return Optional.of("none");
    }
  }

  final Transport transport;
  final InetSocketAddress address;
  final Path directory;
  private final List<AutoCloseable> closeables = new ArrayList<>();
  private long nextId;

  Cluster(Setup setup) throws IOException {
    directory = Files.createTempDirectory("sc");
    TransportSettings settings =
        new TransportSettings(
            setup.address,
            1024,
            directory,
            "auto",
            setup.keyReader,
            setup.parking,
            true,
            setup.options);
    transport = new NioTransportProvider().create(settings, new TestRouter(setup.workers));
    address = transport.bind();
  }

  static Cluster of(ListeningServer... servers) throws Exception {
    Setup setup = new Setup();
    setup.workers = servers.length;
    Cluster cluster = new Cluster(setup);
    for (int i = 0; i < servers.length; i++) {
      cluster.ready(i, servers[i]);
    }
    return cluster;
  }

  /** Runs a worker's half and makes it ready. */
  Seat ready(int index, ListeningServer server) throws Exception {
    Seat seat = new Seat(index, nextId++, "token");
    WorkerTransport worker = new NioTransportProvider().createWorker();
    closeables.add(worker);
    closeables.add(server::close);
    Map<String, String> answer =
        worker
            .start(
                server,
                new WorkerTransport.Setup(
                    index, seat.id(), seat.token(), directory, transport.prepare(seat)))
            .toCompletableFuture()
            .get();
    transport.ready(seat, answer);
    return seat;
  }

  /** Makes a worker ready that is only an address. */
  Seat ready(int index, String address) {
    Seat seat = new Seat(index, nextId++, "token");
    transport.prepare(seat);
    transport.ready(seat, Map.of("address", address));
    return seat;
  }

  /** Connects from 127.0.0.{@code last}. */
  Socket connect(int last) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), 0));
    socket.connect(address);
    return socket;
  }

  Socket connect() throws IOException {
    return connect(1);
  }

  @Override
  public void close() throws Exception {
    transport.close();
    for (AutoCloseable closeable : closeables) {
      closeable.close();
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(directory);
  }
}
