package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thousand clients at once that send a byte per second of the head with their key in it. */
class SlowHeadsWithoutProxyIT {

  private static final int SLOW_CLIENTS = 1000;
  private static final int OTHERS = 200;
  private static final String SLOW_REQUEST =
      "GET /hello HTTP/1.1\r\nHost: test\r\nX-Client: slow\r\n\r\n";
  private static final long MAX_GROWTH_BYTES = 16L << 20;
  private static final int MAX_STRAY_DESCRIPTORS = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * The descriptors that the master holds for a client that is with its worker: none once it has
   * handed the connection over, one as a proxy whose clients share trunks.
   */
  @ParameterizedTest
  @CsvSource({"netty, 0", "nio, 1"})
  void theyHoldNobodyUpAndAreRoutedByAddressAtTheDeadline(String transport, int descriptors) {
    try (ExampleProcess cluster =
            ExampleProcess.startReady(
                "--workers=3", "--transport=" + transport, "--key=header:X-Client", "--debug");
        OpenRequests connections = new OpenRequests(cluster.port());
        OpenRequests others = new OpenRequests(cluster.port())) {
      long master = cluster.ready().pid();
      String itsWorker = cluster.http("/hello", "127.0.0.1").worker();
      final int openBefore = openFiles(master);
      final long liveBefore = liveBytes(master);
      List<Socket> slow = new ArrayList<>();
      IntStream.range(0, SLOW_CLIENTS).forEach(i -> slow.add(connections.open()));
      try (Dripping dripping = new Dripping(slow)) {
        List<String> answers =
            IntStream.range(0, OTHERS)
                .mapToObj(i -> SLOW_REQUEST.replace("slow", "other-" + i))
                .map(request -> others.send(request).get())
                .toList();
        assertThat(answers).hasSize(OTHERS).contains("0", "1", "2");
        assertThat(liveBytes(master) - liveBefore).isLessThan(MAX_GROWTH_BYTES);
        others.closeAll();

        await().atMost(PATIENCE).until(() -> routed(cluster) == 1 + OTHERS + SLOW_CLIENTS);
        int open = openBefore + descriptors * SLOW_CLIENTS;
        await()
            .atMost(PATIENCE)
            .until(() -> Math.abs(openFiles(master) - open) <= MAX_STRAY_DESCRIPTORS);
        dripping.sendTheRest();
      }
      // Their key comes too late to count; who they are has been decided.
      Set<String> workers = slow.stream().map(OpenRequests::worker).collect(Collectors.toSet());
      assertThat(workers).containsExactly(itsWorker);

      connections.closeAll();
      await().atMost(PATIENCE).until(() -> openFiles(master) <= openBefore + MAX_STRAY_DESCRIPTORS);
    }
  }

  /** Sends the next byte of a request on every connection once a second. */
  private static final class Dripping implements AutoCloseable {

    private final List<Socket> sockets;
    private final AtomicInteger sent = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    Dripping(List<Socket> sockets) {
      this.sockets = sockets;
      timer.scheduleAtFixedRate(this::drip, 0, 1, TimeUnit.SECONDS);
    }

    private void drip() {
      int at = sent.getAndIncrement();
      sockets.forEach(socket -> OpenRequests.write(socket, SLOW_REQUEST.substring(at, at + 1)));
    }

    void sendTheRest() {
      close();
      sockets.forEach(socket -> OpenRequests.write(socket, SLOW_REQUEST.substring(sent.get())));
    }

    @Override
    public void close() {
      timer.shutdown();
      try {
        assertThat(timer.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Returns how many clients the master says it has brought to a worker. */
  private static long routed(ExampleProcess cluster) {
    return cluster.err().stream().filter(line -> line.contains(" -> worker ")).count();
  }

  private static int openFiles(long pid) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many bytes of a JVM's heap are in use after a collection. */
  private static long liveBytes(long pid) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Machine.need(Files.isExecutable(jcmd), "jcmd is missing: run the tests with a JDK");
    try {
      Process process =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String histogram;
      try (Stream<String> lines = process.inputReader().lines()) {
        histogram = lines.filter(line -> line.startsWith("Total")).findFirst().orElse("none");
      }
      assertThat(process.waitFor()).as(histogram).isZero();
      return Long.parseLong(histogram.trim().split("\\s+", -1)[2]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
