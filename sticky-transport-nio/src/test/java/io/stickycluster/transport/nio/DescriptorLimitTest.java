package io.stickycluster.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.spi.TransportSettings.Parking;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.slf4j.LoggerFactory;

final class DescriptorLimitTest {

  private static final int LIMIT = 100;
  private static final int CLIENTS = 150;

  /** A master with few descriptors and no bound of its own. Arguments: the worker's socket. */
  static final class Master {

    private Master() {}

    public static void main(String[] args) throws Exception {
      Cluster.Setup setup = new Cluster.Setup();
      setup.options.put("max-connections", "1000000");
      setup.parking = new Parking(1000, Duration.ofMinutes(1));
      Cluster cluster = new Cluster(setup);
      cluster.ready(0, "unix:" + args[0]);
      // Classes on the class path as files can't be loaded once descriptors have run out.
      LoggerFactory.getLogger(Master.class).warn("logging works");
      System.out.println(cluster.address.getPort());
      while (System.in.read() >= 0) {
        // Until the test ends.
      }
      cluster.close();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void moreConnectionsThanDescriptorsWaitAndAreServedAsOthersEnd() throws Exception {
    Path directory = Files.createTempDirectory("sc");
    Path socket = directory.resolve("w.sock");
    NioServer worker =
        NioServer.of(
            connection -> {
              Servers.send(connection.channel(), "served\n");
              connection.readRequest(java.nio.ByteBuffer.allocate(1));
            });
    worker.listen(UnixDomainSocketAddress.of(socket)).toCompletableFuture().get();
    // The master was not told to send a header, so the clients do.
    Process master = master(socket);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(master.getInputStream(), StandardCharsets.UTF_8))) {
      int port = -1;
      while (port < 0) {
        String line = out.readLine();
        assertThat(line).isNotNull();
        port = line.matches("\\d+") ? Integer.parseInt(line) : -1;
      }
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = new Socket();
        client.setSoTimeout(30_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.getOutputStream().write(header());
        clients.add(client);
      }
      // Each ends when it is served; in which order that is, the kernel decides.
      List<CompletableFuture<String>> served = new ArrayList<>();
      for (Socket client : clients) {
        served.add(CompletableFuture.supplyAsync(() -> lineAndClose(client), threads));
      }
      CompletableFuture<List<String>> said =
          CompletableFuture.supplyAsync(() -> out.lines().toList(), threads);
      CompletableFuture.allOf(served.toArray(new CompletableFuture<?>[0]))
          .handle((all, error) -> null)
          .get(60, TimeUnit.SECONDS);
      master.getOutputStream().close();
      List<String> log = said.get(30, TimeUnit.SECONDS);
      assertThat(served)
          .as("the master said %s", log)
          .allSatisfy(line -> assertThat(line).isCompletedWithValue("served"));
      assertThat(log).anyMatch(line -> line.contains("accepting rests"));
      assertThat(master.waitFor()).isZero();
    } finally {
      threads.shutdownNow();
      master.destroyForcibly();
      worker.close();
      Files.deleteIfExists(socket);
      Files.delete(directory);
    }
  }

  private static String lineAndClose(Socket client) {
    try (client) {
      return NioTransportTest.line(client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] header() {
    java.nio.ByteBuffer header = java.nio.ByteBuffer.allocate(ProxyHeader.MAX_BYTES);
    InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    ProxyHeader.encode(header, client, client);
    return java.util.Arrays.copyOf(header.array(), header.position());
  }

  private static Process master(Path socket) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            "sh",
            "-c",
            "ulimit -n " + LIMIT + " && exec \"$0\" \"$@\"",
            java,
            "-cp",
            System.getProperty("java.class.path"),
            Master.class.getName(),
            socket.toString())
        .redirectErrorStream(true)
        .start();
  }
}
