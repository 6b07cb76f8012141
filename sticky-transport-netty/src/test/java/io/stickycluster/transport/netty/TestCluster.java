package io.stickycluster.transport.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.Transport.TransportCounters;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.spi.TransportSettings.Parking;
import io.stickycluster.spi.WorkerTransport;
import io.stickycluster.spi.WorkerTransport.Setup;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A transport's both halves in one process, with unix sockets between them as between two. */
final class TestCluster implements AutoCloseable {

  static final InetAddress LOOPBACK = address(127, 0, 0, 1);
  static final InetAddress IPV6_LOOPBACK = address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

  private final Path directory;
  private final Transport transport;
  private final InetSocketAddress address;
  private final List<TestWorker> workers = new ArrayList<>();
  private long nextId = 1;

  TestCluster(String handOver, Router router) throws IOException {
    this(handOver, router, null, new Parking(100, Duration.ofSeconds(30)), 0);
  }

  TestCluster(
      String handOver, Router router, @Nullable KeyReader keyReader, Parking parking, int port)
      throws IOException {
    directory = Files.createTempDirectory("sticky");
    TransportSettings settings =
        new TransportSettings(
            new InetSocketAddress("0.0.0.0", port),
            512,
            directory,
            handOver,
            keyReader,
            parking,
            false,
            Map.of());
    transport = new NettyTransportProvider().create(settings, router);
    try {
      address = transport.bind();
    } catch (IOException e) {
      Files.delete(directory);
      throw e;
    }
  }

  Transport transport() {
    return transport;
  }

  TransportCounters counters() {
    return transport.counters();
  }

  int port() {
    return address.getPort();
  }

  /** Makes a worker's seat and what it was told. */
  Setup seat(int index) {
    Seat seat = new Seat(index, nextId, "token-" + nextId++);
    return new Setup(index, seat.id(), seat.token(), directory, transport.prepare(seat));
  }

  static Seat seatOf(Setup setup) {
    return new Seat(setup.index(), setup.id(), setup.token());
  }

  /** Starts a worker that answers every line with its name and the client's address. */
  TestWorker start(int index, String name) throws Exception {
    TestWorker worker = new TestWorker(seat(index), name);
    workers.add(worker);
    Map<String, String> answer =
        worker
            .half
            .start(worker.server, worker.setup)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    transport.ready(seatOf(worker.setup), answer);
    return worker;
  }

  /** Connects from 127.0.0.host. */
  Client client(int host) throws IOException {
    return new Client(address(127, 0, 0, host), LOOPBACK, port());
  }

  Client ipv6Client() throws IOException {
    return new Client(IPV6_LOOPBACK, IPV6_LOOPBACK, port());
  }

  @Override
  public void close() throws IOException {
    transport.close();
    workers.forEach(TestWorker::close);
    Files.deleteIfExists(directory);
  }

  /** Returns the address of these bytes. */
  static InetAddress address(int... bytes) {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns how many sockets this process has open. */
  static long openSockets() throws IOException {
    long count = 0;
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        try {
          if (Files.readSymbolicLink(entry).toString().startsWith("socket:")) {
            count++;
          }
        } catch (IOException e) {
          // Closed meanwhile.
        }
      }
    }
    return count;
  }

  /** A worker in this process. */
  static final class TestWorker implements AutoCloseable {

    final Setup setup;
    final NettyServer server;
    final WorkerTransport half = new NettyTransportProvider().createWorker();

    TestWorker(Setup setup, String name) {
      this.setup = setup;
      this.server = NettyServer.of(new Echo(name)).eventLoops(2);
    }

    Seat seat() {
      return seatOf(setup);
    }

    @Override
    public void close() {
      half.close();
      server.close();
    }
  }

  /** Answers every line with a name, the client's address and the line. */
  static final class Echo extends ChannelInitializer<SocketChannel> {

    private final String name;

    Echo(String name) {
      this.name = name;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      String client = channel.remoteAddress().getAddress().getHostAddress();
      channel
          .pipeline()
          .addLast(
              new LineBasedFrameDecoder(100_000),
              new StringDecoder(),
              new StringEncoder(),
              new SimpleChannelInboundHandler<String>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, String line) {
                  context.writeAndFlush(name + " " + client + " " + line + "\n");
                }
              });
    }
  }

  /** A client's connection. */
  static final class Client implements Closeable {

    private final Socket socket = new Socket();
    private final BufferedReader in;

    Client(InetAddress source, InetAddress host, int port) throws IOException {
      socket.bind(new InetSocketAddress(source, 0));
      socket.setSoTimeout(10_000);
      socket.connect(new InetSocketAddress(host, port), 10_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    Client send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /** Returns the next line, or null at the end of the connection. */
    @Nullable String read() throws IOException {
      return in.readLine();
    }

    String ask(String line) throws IOException {
      return String.valueOf(send(line + "\n").read());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
