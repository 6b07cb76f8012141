package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadGeneratorTest {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final String HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

  @Test
  void itCountsWhatTheServerAnsweredAndComesFromManyAddresses() throws Exception {
    try (LoadGenerator generator = generator();
        TestServer server = new TestServer(HELLO)) {
      Load.Result result = generator.run(new Load(server.port(), Workload.ONE, 8, SHORT));
      assertThat(result.errors()).as(result.firstError()).isZero();
      assertThat(result.requests()).isEqualTo(server.answered.get()).isPositive();
      assertThat(server.clients).hasSizeGreaterThanOrEqualTo(8);
    }
  }

  @Test
  void wrongAnswersAreErrorsAndNotRequests() throws Exception {
    try (LoadGenerator generator = generator();
        TestServer server = new TestServer("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n")) {
      Load.Result result = generator.run(new Load(server.port(), Workload.KEEP_ALIVE, 4, SHORT));
      assertThat(result.requests()).isZero();
      assertThat(result.errors()).isPositive();
      assertThat(result.firstError()).isEqualTo("answered 'HTTP/1.1 500 Oh'");
    }
  }

  @Test
  void halfAnswersAreErrors() throws Exception {
    try (LoadGenerator generator = generator();
        TestServer server = new TestServer(HELLO.substring(0, HELLO.length() - 1))) {
      Load.Result result = generator.run(new Load(server.port(), Workload.ONE, 4, SHORT));
      assertThat(result.requests()).isZero();
      assertThat(result.firstError()).isEqualTo("closed before the whole answer");
    }
  }

  @Test
  void refusedConnectionsAreErrorsAndEnd() throws Exception {
    int port;
    try (TestServer server = new TestServer(HELLO)) {
      port = server.port();
    }
    try (LoadGenerator generator = generator()) {
      Load.Result result = generator.run(new Load(port, Workload.ONE, 4, SHORT));
      assertThat(result.requests()).isZero();
      assertThat(result.errors()).isPositive();
    }
  }

  private static LoadGenerator generator() {
    return new LoadGenerator(KeyHeader.of("cookie:sid"));
  }

  /** Reads one head per connection, answers this text and closes. */
  private static final class TestServer implements AutoCloseable {
    private final AtomicLong answered = new AtomicLong();
    private final Set<InetAddress> clients = ConcurrentHashMap.newKeySet();
    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve);
    private final byte[] answer;

    TestServer(String answer) throws IOException {
      this.answer = answer.getBytes(StandardCharsets.US_ASCII);
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          clients.add(connection.getInetAddress());
          readHead(connection.getInputStream());
          connection.getOutputStream().write(answer);
          answered.incrementAndGet();
        } catch (IOException e) {
          // The client or the test has gone.
        }
      }
    }

    private static void readHead(InputStream in) throws IOException {
      int last = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        last = last << 8 | next;
        if (last == 0x0d0a0d0a) {
          return;
        }
      }
      throw new IOException("no head");
    }

    @Override
    public void close() throws IOException, InterruptedException {
      socket.close();
      thread.join();
    }
  }
}
