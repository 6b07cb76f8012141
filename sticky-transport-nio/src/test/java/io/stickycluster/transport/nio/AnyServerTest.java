package io.stickycluster.transport.nio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.ListeningServer;
import io.stickycluster.Server;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.WorkerTransport;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of docs/ANY_SERVER.md, each behind the transport. */
final class AnyServerTest {

  private record Program(String name, Supplier<AnyServer> server, boolean seesClient) {}

  static Stream<Program> programs() {
    return Stream.of(
        new Program("JDK", JdkHttpServerProgram::server, false),
        new Program("Jetty", JettyProgram::server, true),
        new Program("Tomcat", TomcatProgram::server, false));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void answersThroughTheProxy(Program program) throws Exception {
    AnyServer server = program.server.get();
    try (Cluster cluster = Cluster.of(server)) {
      for (int i = 1; i <= 5; i++) {
        String answer = get(cluster, 10 + i);
        assertThat(answer).startsWith("HTTP/1.1 200").contains("hello");
        if (program.seesClient) {
          assertThat(answer).contains("127.0.0." + (10 + i));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void drains(Program program) throws Exception {
    AnyServer server = program.server.get();
    try (Cluster cluster = new Cluster(new Cluster.Setup())) {
      Seat seat = cluster.ready(0, server);
      assertThat(get(cluster, 1)).contains("hello");
      cluster.transport.drain(seat);
      server.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aServerThatCannotStartFailsTheWorkersStart() {
    AnyServer server =
        AnyServer.port(
                loopback -> {
                  throw new IllegalStateException("no licence");
                })
            .build();
    assertThatThrownBy(() -> start(server)).hasRootCauseMessage("no licence");
  }

  @Test
  void aServerOnAnOutsideAddressIsRefused() {
    AnyServer server =
        AnyServer.listening(suggested -> new InetSocketAddress("10.9.8.7", 80)).build();
    assertThatThrownBy(() -> start(server)).hasMessageContaining("10.9.8.7");
  }

  @Test
  void aServerThatDoesNotListenIsRefusedWithTheRemedy() {
    Server server =
        new Server() {
          @Override
          public CompletionStage<?> drain() {
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> start(server)).hasMessageContaining("AnyServer");
  }

  @Test
  void aPlainServerNeedsNoMoreThanItsPort() throws Exception {
    try (java.net.ServerSocket listener =
        new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
      ListeningServer server = AnyServer.port(loopback -> listener.getLocalPort()).build();
      try (Cluster cluster = Cluster.of(server);
          Socket client = cluster.connect();
          Socket accepted = listener.accept()) {
        client.getOutputStream().write('x');
        assertThat(accepted.getInputStream().read()).isEqualTo('x');
      }
    }
  }

  private static void start(Server server) throws Exception {
    try (WorkerTransport worker = new NioTransportProvider().createWorker()) {
      worker
          .start(
              server, new WorkerTransport.Setup(0, 1, "t", java.nio.file.Path.of("/tmp"), Map.of()))
          .toCompletableFuture()
          .get();
    }
  }

  private static String get(Cluster cluster, int host) throws Exception {
    try (Socket client = cluster.connect(host)) {
      client
          .getOutputStream()
          .write(
              "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      return new String(client.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
