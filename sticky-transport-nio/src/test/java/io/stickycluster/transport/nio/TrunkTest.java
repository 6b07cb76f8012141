package io.stickycluster.transport.nio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TrunkFrame;
import io.stickycluster.transport.nio.TrunkWorker.Frame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the master does on a trunk, seen from a worker. */
@Timeout(60)
class TrunkTest {

  private static final int BIG = 8 * 1024 * 1024;

  private Cluster cluster;
  private TrunkWorker worker;
  private Seat seat;

  @BeforeEach
  void start() throws Exception {
    Cluster.Setup setup = new Cluster.Setup();
    setup.options.put("loops", "1");
    cluster = new Cluster(setup);
    worker = new TrunkWorker();
    seat = cluster.ready(0, worker);
    worker.accept();
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  @Test
  void aStreamBeginsWithTheClientsAddressesAndItsFirstBytes() throws Exception {
    try (Socket client = cluster.connect(7)) {
      client.getOutputStream().write("hi".getBytes(US_ASCII));
      Frame open = worker.next();
      assertThat(open.type()).isEqualTo(TrunkFrame.OPEN);
      TrunkFrame.Addresses addresses = TrunkFrame.addresses(ByteBuffer.wrap(open.bytes()));
      assertThat(addresses.client()).isEqualTo(client.getLocalSocketAddress());
      assertThat(addresses.local()).isEqualTo(cluster.address);
      worker.take();
      Frame data = worker.next(TrunkFrame.DATA);
      assertThat(data.stream()).isEqualTo(open.stream());
      assertThat(data.text()).isEqualTo("hi");
      worker.data(open.stream(), "there");
      worker.send(open.stream(), TrunkFrame.CLOSE, 0);
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("there");
    }
    await().until(() -> cluster.transport.counters().open() == 0);
  }

  @Test
  void endsArePassedOnInEachDirectionByItself() throws Exception {
    try (Socket client = cluster.connect()) {
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      worker.data(stream, "all");
      worker.send(stream, TrunkFrame.END, 0);
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("all");
      client.getOutputStream().write("more".getBytes(US_ASCII));
      assertThat(worker.next(TrunkFrame.DATA).text()).isEqualTo("more");
      client.shutdownOutput();
      assertThat(worker.next().type()).isEqualTo(TrunkFrame.END);
      assertThat(worker.next().type()).isEqualTo(TrunkFrame.CLOSE);
    }
    try (Socket client = cluster.connect()) {
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      client.shutdownOutput();
      assertThat(worker.next(TrunkFrame.END).stream()).isEqualTo(stream);
      worker.data(stream, "late");
      worker.send(stream, TrunkFrame.CLOSE, 0);
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("late");
    }
  }

  @Test
  void whatAWorkerHasNotTakenGoesToItsSuccessorAndWhatItHasIsClosed() throws Exception {
    try (Socket taken = cluster.connect();
        Socket untaken = connectAfter(taken)) {
      worker.take();
      worker.die();
      assertThat(taken.getInputStream().read()).isEqualTo(-1);
      cluster.transport.exited(seat);
      worker = new TrunkWorker();
      cluster.ready(0, worker);
      worker.accept();
      int stream = worker.next(TrunkFrame.OPEN).stream();
      assertThat(worker.next(TrunkFrame.DATA).text()).isEqualTo("second");
      worker.take();
      worker.data(stream, "served");
      worker.send(stream, TrunkFrame.CLOSE, 0);
      assertThat(untaken.getInputStream().readAllBytes()).asString().isEqualTo("served");
    }
  }

  private static void writeUntilBroken(Socket client) {
    try {
      client.getOutputStream().write(new byte[BIG]);
    } catch (IOException e) {
      // Its worker has died.
    }
  }

  private Socket connectAfter(Socket first) throws IOException {
    assertThat(worker.next().type()).isEqualTo(TrunkFrame.OPEN);
    assertThat(first.isConnected()).isTrue();
    Socket second = cluster.connect();
    second.getOutputStream().write("second".getBytes(US_ASCII));
    assertThat(worker.next().type()).isEqualTo(TrunkFrame.OPEN);
    return second;
  }

  @Test
  void aClientsResetClosesItsStreamAndNoOther() throws Exception {
    try (Socket other = cluster.connect()) {
      int stays = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      Socket rude = cluster.connect();
      int goes = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      rude.setSoLinger(true, 0);
      rude.close();
      assertThat(worker.next(TrunkFrame.CLOSE).stream()).isEqualTo(goes);
      worker.data(goes, "too late");
      worker.send(goes, TrunkFrame.CREDIT, 1);
      worker.send(goes, TrunkFrame.CLOSE, 0);
      worker.data(stays, "fine");
      worker.send(stays, TrunkFrame.CLOSE, 0);
      assertThat(other.getInputStream().readAllBytes()).asString().isEqualTo("fine");
    }
  }

  @Test
  void aClientIsReadOnlyAsFarAsTheWorkerAllows() throws Exception {
    try (Socket client = cluster.connect()) {
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      Thread writer = new Thread(() -> write(client, BIG));
      writer.start();
      int received = 0;
      while (received < TrunkFrame.WINDOW_BYTES) {
        received += worker.next(TrunkFrame.DATA).number();
      }
      assertThat(received).isEqualTo(TrunkFrame.WINDOW_BYTES);
      // Whoever sent more would have done so before the next stream's frame.
      try (Socket next = cluster.connect()) {
        assertThat(next.isConnected()).isTrue();
        assertThat(worker.next().type()).isEqualTo(TrunkFrame.OPEN);
      }
      worker.send(stream, TrunkFrame.CREDIT, BIG);
      while (received < BIG) {
        received += worker.next(TrunkFrame.DATA).number();
      }
      assertThat(received).isEqualTo(BIG);
      writer.join();
    }
  }

  private static void write(Socket client, int bytes) {
    try {
      client.getOutputStream().write(new byte[bytes]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aHeadThatIsLongerThanTheWindowArrivesWhole() throws Exception {
    int bytes = 3 * TrunkFrame.WINDOW_BYTES + 7;
    Cluster.Setup setup = new Cluster.Setup();
    setup.options.put("loops", "1");
    setup.keyReader = new LongHead(bytes);
    try (Cluster other = new Cluster(setup)) {
      TrunkWorker its = new TrunkWorker();
      other.ready(0, its);
      its.accept();
      try (Socket client = other.connect()) {
        client.getOutputStream().write(new byte[bytes]);
        client.shutdownOutput();
        int stream = its.next(TrunkFrame.OPEN).stream();
        its.take();
        int received = its.next(TrunkFrame.DATA).number();
        assertThat(received).isEqualTo(TrunkFrame.WINDOW_BYTES);
        its.send(stream, TrunkFrame.CREDIT, 5);
        assertThat(its.next(TrunkFrame.DATA).number()).isEqualTo(5);
        its.send(stream, TrunkFrame.CREDIT, bytes);
        assertThat(its.next(TrunkFrame.DATA).number()).isEqualTo(bytes - received - 5);
        assertThat(its.next().type()).isEqualTo(TrunkFrame.END);
      }
    }
  }

  /** Finds the key once so many bytes are there. */
  private record LongHead(int maxHeadBytes) implements KeyReader {
    @Override
    public Duration deadline() {
      return Duration.ofMinutes(1);
    }

    @Override
    public Verdict read(ByteBuffer head, InetSocketAddress peer, boolean last) {
      return head.remaining() < maxHeadBytes && !last
          ? NeedMore.INSTANCE
          : new Found(new byte[] {1}, false, peer, 0);
    }
  }

  @Test
  void whatIsMoreThanATrunkTakesAtOnceArrivesLater() throws Exception {
    int clients = 8;
    Socket[] sockets = new Socket[clients];
    Thread[] writers = new Thread[clients];
    for (int i = 0; i < clients; i++) {
      Socket client = cluster.connect();
      sockets[i] = client;
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      worker.send(stream, TrunkFrame.CREDIT, BIG);
      writers[i] = new Thread(() -> write(client, BIG / clients));
    }
    for (Thread writer : writers) {
      writer.start();
    }
    int received = 0;
    while (received < BIG) {
      received += worker.next(TrunkFrame.DATA).number();
    }
    assertThat(received).isEqualTo(BIG);
    for (int i = 0; i < clients; i++) {
      writers[i].join();
      sockets[i].close();
    }
  }

  @Test
  void aSlowClientGetsEverythingAndTheWorkerIsAllowedNoMoreThanItReads() throws Exception {
    try (Socket client = cluster.connect()) {
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      byte[] body = new byte[BIG];
      new Random(1).nextBytes(body);
      Thread sender = new Thread(() -> sendWithinWindow(stream, body));
      sender.start();
      byte[] got = client.getInputStream().readNBytes(BIG);
      sender.join();
      assertThat(got).isEqualTo(body);
    }
  }

  private void sendWithinWindow(int stream, byte[] body) {
    int allowed = TrunkFrame.WINDOW_BYTES;
    int sent = 0;
    try {
      while (sent < body.length) {
        if (allowed == 0) {
          allowed += worker.next(TrunkFrame.CREDIT).number();
        }
        int count = Math.min(allowed, body.length - sent);
        worker.send(stream, TrunkFrame.DATA, count);
        worker.write(ByteBuffer.wrap(body, sent, count));
        sent += count;
        allowed -= count;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nonsenseEndsTheTrunkAndTheNextClientGetsANewOne() throws Exception {
    long window = TrunkFrame.WINDOW_BYTES;
    long[] nonsense = {
      TrunkFrame.header(1, TrunkFrame.DATA, 0),
      TrunkFrame.header(1, TrunkFrame.DATA, (int) window + 1),
      TrunkFrame.header(1, TrunkFrame.OPEN, 5),
      TrunkFrame.header(0, TrunkFrame.TAKEN, 0),
      TrunkFrame.header(0, TrunkFrame.TAKEN, 3),
      TrunkFrame.header(1, 99, 0),
      -1L,
    };
    for (long frame : nonsense) {
      try (Socket client = cluster.connect()) {
        worker.next(TrunkFrame.OPEN);
        worker.take();
        worker.write(ByteBuffer.allocate(8).putLong(0, frame));
        assertThat(worker.isCutOff()).isTrue();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      try (Socket client = cluster.connect()) {
        assertThat(client.isConnected()).isTrue();
        worker.accept();
        assertThat(worker.next().type()).isEqualTo(TrunkFrame.OPEN);
        worker.take();
      }
    }
  }

  @Test
  void anyBytesFromAWorkerHarmItsOwnClientsOnly() throws Exception {
    Random random = new Random(42);
    for (int run = 0; run < 50; run++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      try (Socket client = cluster.connect()) {
        client.setSoLinger(true, 0);
        worker.next(TrunkFrame.OPEN);
        worker.take();
        worker.write(ByteBuffer.wrap(bytes));
        worker.die();
      } catch (SocketException e) {
        // Broken, as it may be.
      }
      cluster.transport.exited(seat);
      worker = new TrunkWorker();
      seat = cluster.ready(0, worker);
      worker.accept();
    }
    try (Socket client = cluster.connect()) {
      int stream = worker.next(TrunkFrame.OPEN).stream();
      worker.take();
      worker.data(stream, "still here");
      worker.send(stream, TrunkFrame.CLOSE, 0);
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("still here");
      assertThat(((InetSocketAddress) client.getRemoteSocketAddress())).isEqualTo(cluster.address);
    }
    await().until(() -> cluster.transport.counters().open() == 0);
  }

  @Test
  void whoIsNotTakenWhenAWorkerSendsNonsenseIsResetForItMayHaveBeenServed() throws Exception {
    try (Socket client = cluster.connect()) {
      client.getOutputStream().write("x".getBytes(US_ASCII));
      worker.next(TrunkFrame.OPEN);
      worker.send(1, 99, 0);
      assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
    }
    await().until(() -> cluster.transport.counters().open() == 0);
  }

  @Test
  void whatAWorkerSaidBeforeItDiedIsHeardAlthoughItReadsNoMore() throws Exception {
    for (int run = 0; run < 20; run++) {
      try (Socket client = cluster.connect();
          Socket uploading = connectAfter(client)) {
        worker.take();
        worker.take();
        worker.send(2, TrunkFrame.CREDIT, BIG);
        Thread upload = new Thread(() -> writeUntilBroken(uploading));
        upload.start();
        worker.next(TrunkFrame.DATA);
        worker.data(1, "done");
        worker.send(1, TrunkFrame.CLOSE, 0);
        worker.die();
        assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("done");
        upload.join();
      }
      cluster.transport.exited(seat);
      worker = new TrunkWorker();
      seat = cluster.ready(0, worker);
      worker.accept();
    }
  }

  @Test
  void clientsParkWhenAWorkerTakesNone() throws Exception {
    int untaken = 1024;
    int more = 20;
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < untaken + more; i++) {
      clients.add(cluster.connect());
    }
    await().until(() -> cluster.transport.counters().parked() == more);
    for (int i = 0; i < untaken + more; i++) {
      worker.next(TrunkFrame.OPEN);
      worker.take();
    }
    await().until(() -> cluster.transport.counters().parked() == 0);
    for (Socket client : clients) {
      client.setSoLinger(true, 0);
      client.close();
    }
    await().until(() -> cluster.transport.counters().open() == 0);
  }
}
