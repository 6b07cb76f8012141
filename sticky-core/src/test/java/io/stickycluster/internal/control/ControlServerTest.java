package io.stickycluster.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stickycluster.MessageHandler;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlServerTest implements ControlServer.Listener {

  private static final String PREFIX = "sticky-cluster:";

  @TempDir private Path directory;

  private final Queue<Frame> received = new ConcurrentLinkedQueue<>();
  private final Map<Long, ControlLink> known = new ConcurrentHashMap<>();
  private final AtomicLong closed = new AtomicLong();
  private ControlServer server;
  private Path path;

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("c.sock");
    server = new ControlServer(path, PREFIX, this);
    server.start();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Override
  public void received(ControlLink link, Frame frame) {
    if (frame.name().equals(PREFIX + "hello")) {
      int index = frame.payload()[0];
      link.assign(index, index);
      known.put((long) index, link);
    } else {
      received.add(frame);
    }
  }

  @Override
  public void closed(ControlLink link) {
    closed.incrementAndGet();
  }

  @Test
  void framesOfAWorkerArriveInOrder() throws IOException {
    try (ControlClient worker = worker(0)) {
      for (int i = 0; i < 1000; i++) {
        worker.send(Frame.ofMaster("n" + i, new byte[i]));
      }
      await().until(() -> received.size() == 1000);
    }
    List<String> names = received.stream().map(Frame::name).toList();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      expected.add("n" + i);
    }
    assertThat(names).isEqualTo(expected);
    await().until(() -> closed.get() == 1);
  }

  @Test
  void aMessageToAnIndexReachesThatWorkerWithItsSender() throws IOException {
    try (ControlClient zero = worker(0);
        ControlClient one = worker(1)) {
      zero.send(new Frame(1, "hi", new byte[] {42}));
      Frame frame = one.receive();
      assertThat(frame).isNotNull();
      assertThat(frame.peer()).isZero();
      assertThat(frame.name()).isEqualTo("hi");
      assertThat(frame.payload()).containsExactly(42);
    }
  }

  @Test
  void aBroadcastReachesAllButItsSender() throws IOException {
    try (ControlClient zero = worker(0);
        ControlClient one = worker(1);
        ControlClient two = worker(2)) {
      zero.send(new Frame(Frame.EVERYONE, "all", new byte[0]));
      assertThat(one.receive()).extracting(Frame::name).isEqualTo("all");
      assertThat(two.receive()).extracting(Frame::name).isEqualTo("all");
      one.send(new Frame(0, "only", new byte[0]));
      assertThat(zero.receive()).extracting(Frame::name).isEqualTo("only");
    }
  }

  @Test
  void aStrangersMessagesReachNoWorker() throws IOException {
    try (ControlClient stranger = new ControlClient(path);
        ControlClient one = worker(1)) {
      stranger.send(new Frame(1, "evil", new byte[0]));
      await().until(() -> received.stream().anyMatch(frame -> frame.name().equals("evil")));
      server.broadcast(new Frame(MessageHandler.MASTER, "marker", new byte[0]));
      assertThat(one.receive()).extracting(Frame::name).isEqualTo("marker");
    }
  }

  @Test
  void garbageClosesItsOwnLinkAndNoOther() throws IOException {
    try (SocketChannel garbage = SocketChannel.open(UnixDomainSocketAddress.of(path));
        ControlClient one = worker(1)) {
      garbage.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      assertThat(garbage.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      one.send(Frame.ofMaster("still-here", new byte[0]));
      await().until(() -> received.stream().anyMatch(f -> f.name().equals("still-here")));
    }
  }

  @Test
  void aFloodToAWorkerThatReadsNothingIsBoundedAndHoldsNobodyElseUp() throws Exception {
    try (ControlClient flooder = worker(0);
        ControlClient deaf = worker(1);
        ControlClient lively = worker(2)) {
      assertThat(deaf).isNotNull();
      byte[] big = new byte[512 * 1024];
      // Three times what the deaf one may be behind: paced at first, then dropped.
      for (int i = 0; i < 96; i++) {
        flooder.send(new Frame(1, "flood", big));
      }
      flooder.send(new Frame(2, "after", new byte[0]));
      assertThat(lively.receive()).extracting(Frame::name).isEqualTo("after");
    }
  }

  private ControlClient worker(int index) throws IOException {
    ControlClient client = new ControlClient(path);
    client.send(Frame.ofMaster(PREFIX + "hello", new byte[] {(byte) index}));
    await().until(() -> known.containsKey((long) index));
    return client;
  }
}
