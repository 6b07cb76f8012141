package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.stickycluster.Server.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server behind a proxy, and how it drains. */
@Timeout(60)
class NettyServerTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir private Path directory;

  private final CompletableFuture<String> slowResponse = new CompletableFuture<>();
  private NettyServer server;
  private SocketAddress address;

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theClientsAddressIsTheOneThatTheProxyTells() throws Exception {
    listen(server(LONG).childOption(ChannelOption.SO_KEEPALIVE, true));
    assertThat(server.expectsProxyProtocol()).isFalse();
    assertThat(server.trunks()).isEqualTo(2);
    try (Proxied proxied = new Proxied()) {
      assertThat(proxied.get("/")).contains("203.0.113.7:4242 at 192.0.2.1:80");
      assertThat(server.counters()).isEqualTo(new Counters(1, 1, 0));
    }
    await().until(() -> server.counters().open() == 0);
  }

  @Test
  void whatIsNoTrunkIsRefused() throws Exception {
    listen(server(LONG));
    try (TestTrunk liar = new TestTrunk(address)) {
      liar.write(StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\n\r\n"));
      assertThat(liar.next()).isNull();
    }
    await().until(() -> server.counters().open() == 0);
  }

  @Test
  void keepAliveConnectionsAreToldToGoOnTheirNextResponse() throws Exception {
    listen(server(LONG));
    try (Proxied busy = new Proxied();
        Proxied idle = new Proxied()) {
      assertThat(idle.get("/")).doesNotContain("connection: close");
      busy.send("GET /slow HTTP/1.1\r\n\r\n");
      await().until(() -> server.counters().inFlight() == 1);
      var drained = server.drain().toCompletableFuture();
      assertThat(server.drain().toCompletableFuture()).isNotDone();
      slowResponse.complete("late");
      assertThat(busy.response()).contains("connection: close").contains("late");
      assertThat(busy.readLine()).as("closed behind the response").isEmpty();
      assertThat(drained).isNotDone();
      assertThat(idle.get("/")).contains("connection: close");
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void requestsAlreadySentAreAllAnsweredBeforeTheConnectionGoes() throws Exception {
    listen(server(LONG));
    try (Proxied pipelining = new Proxied()) {
      pipelining.send("GET /slow HTTP/1.1\r\n\r\nGET /slow HTTP/1.1\r\n\r\n");
      await().until(() -> server.counters().inFlight() == 2);
      var drained = server.drain().toCompletableFuture();
      slowResponse.complete("late");
      assertThat(pipelining.response()).doesNotContain("connection: close").contains("late");
      assertThat(pipelining.response()).contains("connection: close").contains("late");
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void idleConnectionsAreClosedAfterTheGraceAndBusyOnesAreNot() throws Exception {
    listen(server(SHORT));
    try (Proxied busy = new Proxied();
        Proxied idle = new Proxied();
        Proxied silent = new Proxied()) {
      busy.send("GET /slow HTTP/1.1\r\n\r\n");
      assertThat(idle.get("/")).doesNotContain("connection: close");
      await().until(() -> server.counters().inFlight() == 1 && server.counters().open() == 3);
      var drained = server.drain().toCompletableFuture();
      assertThat(idle.readLine()).isEmpty();
      assertThat(silent.readLine()).isEmpty();
      assertThat(drained).isNotDone();
      slowResponse.complete("late");
      assertThat(busy.response()).contains("late");
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void theActionAtDrainRunsOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    listen(server(LONG).onDrain(runs::incrementAndGet));
    server.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
    server.drain().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aProbeCompletesWhileEveryEventLoopTurns() throws Exception {
    CompletableFuture<Void> release = new CompletableFuture<>();
    listen(server(LONG));
    server.probe().toCompletableFuture().get(10, TimeUnit.SECONDS);
    server.start().loops().get(1).execute(release::join);
    var probe = server.probe().toCompletableFuture();
    assertThat(probe).isNotDone();
    release.complete(null);
    probe.get(10, TimeUnit.SECONDS);
    server.cutOff();
    assertThatThrownBy(() -> server.probe().toCompletableFuture().join())
        .hasMessageContaining("hand-over socket");
  }

  @Test
  void optionsOfTcpHaveNoEffectBehindAProxyAndUnknownOnesDoNoHarm() throws Exception {
    listen(
        server(LONG)
            .childOption(ChannelOption.TCP_NODELAY, false)
            .childOption(ChannelOption.SO_LINGER, 3)
            .childOption(ChannelOption.IP_TOS, 8)
            .childOption(ChannelOption.SO_SNDBUF, 65_536)
            .childOption(ChannelOption.valueOf("no such option"), "x"));
    try (Proxied proxied = new Proxied()) {
      assertThat(proxied.get("/")).contains("200 OK");
    }
  }

  @Test
  void settingsAreCheckedAndFixedOnceItRuns() throws Exception {
    listen(server(LONG));
    assertThatThrownBy(() -> server.eventLoops(0)).hasMessageContaining("1 to 1024");
    assertThatThrownBy(() -> server.drainGrace(Duration.ofSeconds(-1)))
        .hasMessageContaining("negative");
    assertThatThrownBy(() -> server.eventLoops(2)).hasMessageContaining("started");
    assertThatThrownBy(() -> server.listen(address).toCompletableFuture().join())
        .hasMessageContaining("already listening");
  }

  private NettyServer server(Duration grace) {
    server = configure(NettyServer.of(new Http()).eventLoops(2).drainGrace(grace));
    return server;
  }

  /** Does to a server what a subclass wants tested. */
  NettyServer configure(NettyServer configured) {
    return configured;
  }

  private void listen(NettyServer started) throws Exception {
    address =
        started
            .listen(UnixDomainSocketAddress.of(directory.resolve("w0")))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  /** Answers with the addresses; {@code /slow} waits for the test. */
  private final class Http extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(
              new HttpServerCodec(),
              new SimpleChannelInboundHandler<HttpRequest>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
                  SocketChannel from = (SocketChannel) context.channel();
                  if (request.uri().equals("/slow")) {
                    slowResponse.thenAccept(text -> respond(context, text));
                  } else {
                    respond(
                        context, text(from.remoteAddress()) + " at " + text(from.localAddress()));
                  }
                }
              });
    }

    private static String text(InetSocketAddress address) {
      return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static void respond(ChannelHandlerContext context, String text) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              Unpooled.copiedBuffer(text + "\n", StandardCharsets.US_ASCII));
      HttpUtil.setContentLength(response, response.content().readableBytes());
      context.writeAndFlush(response);
    }
  }

  /** A connection as the proxy makes it, alone on its trunk. */
  private final class Proxied implements AutoCloseable {

    private static final int STREAM = 7;

    private final TestTrunk trunk;
    private final Scanner in;

    Proxied() throws IOException {
      trunk = new TestTrunk(address);
      trunk.open(
          STREAM,
          new InetSocketAddress("203.0.113.7", 4242),
          new InetSocketAddress("192.0.2.1", 80));
      in = new Scanner(trunk.input(STREAM), StandardCharsets.US_ASCII);
    }

    void send(String text) throws IOException {
      trunk.data(STREAM, text.getBytes(StandardCharsets.US_ASCII));
    }

    String get(String path) throws IOException {
      send("GET " + path + " HTTP/1.1\r\n\r\n");
      return response();
    }

    /** Reads the head and the one line of the body. */
    String response() {
      StringBuilder response = new StringBuilder();
      String line = readLine();
      while (!line.isEmpty()) {
        response.append(line).append('\n');
        line = readLine();
      }
      return response.append(readLine()).toString();
    }

    /** Reads a line; an empty one at the end of the connection. */
    String readLine() {
      return in.hasNextLine() ? in.nextLine() : "";
    }

    @Override
    public void close() throws IOException {
      trunk.close();
    }
  }
}
