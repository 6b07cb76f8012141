package io.stickycluster.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.stickycluster.spi.TrunkFrame;
import io.stickycluster.transport.netty.TestTrunk.Frame;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does on a trunk, seen from the proxy. */
@Timeout(60)
class TrunkTest {

  private static final int WINDOW = TrunkFrame.WINDOW_BYTES;
  private static final ChannelOption<Boolean> AUTO_READ = ChannelOption.AUTO_READ;

  @TempDir private Path directory;

  private final Queue<SocketChannel> channels = new ConcurrentLinkedQueue<>();
  private final Queue<String> wishes = new ConcurrentLinkedQueue<>();
  private final Queue<Object> events = new ConcurrentLinkedQueue<>();
  private NettyServer server = NettyServer.of(new Program());
  private SocketAddress address;

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void streamsAreTakenBeforeAnythingOfThemIsServed() throws Exception {
    try (TestTrunk trunk = trunk()) {
      int streams = 10;
      ByteBuffer all = ByteBuffer.allocate(streams * 100);
      for (int stream = 1; stream <= streams; stream++) {
        all.put(opening(stream)).put(data(stream, "hello"));
      }
      trunk.write(all.flip());
      int taken = 0;
      int answered = 0;
      while (answered < streams) {
        Frame frame = trunk.next();
        assertThat(frame).isNotNull();
        if (frame.type() == TrunkFrame.TAKEN) {
          taken += frame.number();
          assertThat(frame.number()).isBetween(1, 4);
        } else {
          assertThat(frame.data()).asString().isEqualTo("hello");
          assertThat(frame.stream()).isEqualTo(++answered).isLessThanOrEqualTo(taken);
        }
      }
      assertThat(taken).isEqualTo(streams);
    }
    await().until(() -> server.counters().open() == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 9, 30, 1000})
  void framesMayComeInPieces(int size) throws Exception {
    try (TestTrunk trunk = trunk()) {
      ByteBuffer all = ByteBuffer.allocate(1000);
      all.put(opening(1)).put(data(1, "one")).put(opening(2)).put(data(2, "two"));
      all.put(data(1, "more")).putLong(TrunkFrame.header(1, TrunkFrame.END, 0)).flip();
      StringBuilder one = new StringBuilder();
      StringBuilder two = new StringBuilder();
      while (all.hasRemaining()) {
        int end = Math.min(all.limit(), all.position() + size);
        trunk.write(all.slice(all.position(), end - all.position()));
        all.position(end);
        // A round trip, so that the pieces do not arrive together.
        server.probe().toCompletableFuture().get(10, TimeUnit.SECONDS);
      }
      boolean closed = false;
      while (!closed || two.length() < 3) {
        Frame frame = trunk.next();
        (frame.stream() == 1 ? one : two).append(new String(frame.data(), US_ASCII));
        closed |= frame.type() == TrunkFrame.CLOSE;
      }
      assertThat(one).hasToString("onemore");
      assertThat(two).hasToString("two");
    }
  }

  @Test
  void noMoreIsSentThanTheProxyAllowsAndAllOfItInTheEnd() throws Exception {
    byte[] body = new byte[10 * WINDOW];
    new Random(1).nextBytes(body);
    Path file = Files.write(directory.resolve("body"), body);
    for (String wish : List.of("bytes", "pieces", "file " + file)) {
      try (TestTrunk trunk = trunk()) {
        trunk.open(1);
        trunk.data(1, wish.getBytes(US_ASCII));
        ByteBuffer got = ByteBuffer.allocate(body.length);
        int allowed = WINDOW;
        while (got.hasRemaining()) {
          while (got.position() < allowed) {
            got.put(trunk.next(TrunkFrame.DATA).data());
          }
          assertThat(got.position()).as(wish).isEqualTo(allowed);
          int more = Math.min(WINDOW + 1, got.remaining());
          if (more > 0) {
            trunk.send(1, TrunkFrame.CREDIT, more);
          }
          allowed += more;
        }
        assertThat(got.array()).as(wish).isEqualTo(body);
        assertThat(trunk.next().type()).isEqualTo(TrunkFrame.CLOSE);
      }
    }
  }

  @Test
  void aProxyThatDoesNotReadHoldsUpTheServersWritesAndNothingIsLost() throws Exception {
    try (TestTrunk trunk = trunk()) {
      int streams = 100;
      byte[] wish = "bytes".getBytes(US_ASCII);
      for (int stream = 1; stream <= streams; stream++) {
        trunk.open(stream);
        trunk.send(stream, TrunkFrame.CREDIT, 9 * WINDOW);
        trunk.data(stream, wish);
      }
      long[] received = new long[streams + 1];
      int closed = 0;
      while (closed < streams) {
        Frame frame = trunk.next();
        assertThat(frame).isNotNull();
        received[frame.stream()] += frame.data().length;
        closed += frame.type() == TrunkFrame.CLOSE ? 1 : 0;
      }
      assertThat(Arrays.stream(received).skip(1)).hasSize(streams).containsOnly(10L * WINDOW);
    }
  }

  @Test
  void whatNobodyReadsIsHeldUpToTheWindowAndThatIsAll() throws Exception {
    try (TestTrunk trunk = trunk(NettyServer.of(new Program()).childOption(AUTO_READ, false))) {
      trunk.open(1);
      trunk.data(1, new byte[WINDOW]);
      trunk.next(TrunkFrame.TAKEN);
      await().until(() -> !channels.isEmpty());
      SocketChannel channel = channels.element();
      channel.read();
      int echoed = 0;
      int allowed = 0;
      while (echoed < WINDOW || allowed < WINDOW / 2) {
        Frame frame = trunk.next();
        if (frame.type() == TrunkFrame.CREDIT) {
          allowed += frame.number();
        } else {
          echoed += frame.number();
          channel.read();
        }
      }
      assertThat(flooded(trunk)).as("more than it may hold ends the trunk").isTrue();
    }
    await().until(() -> server.counters().open() == 0);
  }

  @Test
  void aClientThatEndsIsClosedUnlessItsChannelAllowsHalfClosure() throws Exception {
    try (TestTrunk trunk = trunk()) {
      trunk.open(1);
      trunk.send(1, TrunkFrame.END, 0);
      assertThat(trunk.next(TrunkFrame.CLOSE).stream()).isEqualTo(1);
    }
    server.close();
    NettyServer halfClosing =
        NettyServer.of(new Program()).childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    try (TestTrunk trunk = trunk(halfClosing)) {
      channels.clear();
      trunk.open(1);
      trunk.send(1, TrunkFrame.END, 0);
      await().until(() -> events.contains(ChannelInputShutdownEvent.INSTANCE));
      SocketChannel channel = channels.element();
      assertThat(channel.isInputShutdown()).isTrue();
      channel.writeAndFlush(Unpooled.copiedBuffer("late", US_ASCII));
      assertThat(trunk.next(TrunkFrame.DATA).data()).asString().isEqualTo("late");
      channel.shutdownOutput().sync();
      assertThat(trunk.next().type()).isEqualTo(TrunkFrame.END);
      assertThat(channel.isShutdown()).isTrue();
      channel.close();
      assertThat(trunk.next().type()).isEqualTo(TrunkFrame.CLOSE);
    }
  }

  @Test
  void aClientThatHasGoneIsAResetAndWhatFollowsIsIgnored() throws Exception {
    try (TestTrunk trunk = trunk()) {
      trunk.open(1);
      trunk.next(TrunkFrame.TAKEN);
      trunk.send(1, TrunkFrame.CLOSE, 0);
      trunk.data(1, new byte[3 * WINDOW]);
      trunk.send(1, TrunkFrame.END, 0);
      await().until(() -> server.counters().open() == 0);
      assertThat(events).anyMatch(IOException.class::isInstance);
      trunk.open(2);
      trunk.data(2, "still there".getBytes(US_ASCII));
      assertThat(trunk.next(TrunkFrame.DATA).data()).asString().isEqualTo("still there");
    }
  }

  @Test
  void allClientsGoWithTheirTrunk() throws Exception {
    try (TestTrunk trunk = trunk()) {
      for (int stream = 1; stream <= 6; stream++) {
        trunk.open(stream);
      }
      await().until(() -> server.counters().open() == 6);
    }
    await().until(() -> server.counters().open() == 0);
    assertThat(channels).noneMatch(SocketChannel::isOpen);
  }

  @Test
  void nonsenseEndsTheTrunk() throws Exception {
    long[] nonsense = {
      TrunkFrame.header(1, TrunkFrame.OPEN, 13),
      TrunkFrame.header(2, TrunkFrame.OPEN, 38),
      TrunkFrame.header(2, TrunkFrame.OPEN, 0),
      TrunkFrame.header(0, TrunkFrame.TAKEN, 1),
      TrunkFrame.header(1, TrunkFrame.DATA, 0),
      TrunkFrame.header(1, 0, 0),
      -1L,
    };
    server.close();
    for (long frame : nonsense) {
      try (TestTrunk trunk = trunk(NettyServer.of(new Program()))) {
        trunk.open(1);
        trunk.next(TrunkFrame.TAKEN);
        ByteBuffer bytes = ByteBuffer.allocate(8 + 13).putLong(frame).put((byte) 4);
        trunk.write(bytes.clear());
        assertThat(drained(trunk)).as(Long.toHexString(frame)).isTrue();
        await().until(() -> server.counters().open() == 0);
      }
      server.close();
    }
  }

  @Test
  void anyBytesHarmTheirOwnTrunkOnly() throws Exception {
    Random random = new Random(7);
    listen(server);
    for (int run = 0; run < 200; run++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      try (TestTrunk trunk = new TestTrunk(address)) {
        trunk.open(1);
        trunk.write(ByteBuffer.wrap(bytes));
      } catch (IOException e) {
        // Closed before all of it was written, as it may be.
      }
    }
    await().until(() -> server.counters().open() == 0);
    try (TestTrunk trunk = new TestTrunk(address)) {
      trunk.open(1);
      trunk.data(1, "alive".getBytes(US_ASCII));
      assertThat(trunk.next(TrunkFrame.DATA).data()).asString().isEqualTo("alive");
    }
  }

  /** Sends until the trunk ends; returns false if it takes much more than any window. */
  private static boolean flooded(TestTrunk trunk) {
    try {
      for (int i = 0; i < 64; i++) {
        trunk.data(1, new byte[WINDOW]);
      }
      return drained(trunk);
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void manySmallMessagesThatNobodyReadsAreKeptTogether() throws Exception {
    try (TestTrunk trunk = trunk(NettyServer.of(new Program()).childOption(AUTO_READ, false))) {
      trunk.open(1);
      byte[] one = {'x'};
      for (int i = 0; i < 1000; i++) {
        trunk.data(1, one);
      }
      trunk.open(2);
      trunk.next(TrunkFrame.TAKEN);
      trunk.next(TrunkFrame.TAKEN);
      SocketChannel channel = channels.element();
      channel.read();
      assertThat(trunk.next(TrunkFrame.DATA).number()).isGreaterThan(100);
    }
  }

  @Test
  void whatAClientSentBeforeItWentIsReadBeforeItsEnd() throws Exception {
    try (TestTrunk trunk = trunk(NettyServer.of(new Program()).childOption(AUTO_READ, false))) {
      trunk.open(1);
      trunk.data(1, "last words".getBytes(US_ASCII));
      trunk.send(1, TrunkFrame.END, 0);
      trunk.send(1, TrunkFrame.CLOSE, 0);
      trunk.open(2);
      trunk.next(TrunkFrame.TAKEN);
      await().until(() -> channels.size() == 2);
      SocketChannel channel = channels.element();
      assertThat(channel.isOpen()).isTrue();
      channel.read();
      await().until(() -> !channel.isOpen());
      assertThat(wishes).containsExactly("last words");
      assertThat(events).isEmpty();
    }
  }

  @Test
  void aClientThatWentIsNotWaitedForByWhoeverWritesToIt() throws Exception {
    try (TestTrunk trunk = trunk(NettyServer.of(new Program()).childOption(AUTO_READ, false))) {
      trunk.open(1);
      trunk.data(1, "bytes".getBytes(US_ASCII));
      trunk.next(TrunkFrame.TAKEN);
      await().until(() -> !channels.isEmpty());
      channels.element().read();
      trunk.next(TrunkFrame.DATA);
      trunk.data(1, "never read".getBytes(US_ASCII));
      trunk.send(1, TrunkFrame.END, 0);
      trunk.send(1, TrunkFrame.CLOSE, 0);
      await().until(() -> server.counters().open() == 0);
    }
  }

  @Test
  void aServerThatHasDrainedTakesNothingMore() throws Exception {
    try (TestTrunk trunk = trunk()) {
      trunk.open(1);
      trunk.next(TrunkFrame.TAKEN);
      var drained = server.drain().toCompletableFuture();
      trunk.open(2);
      assertThat(trunk.next(TrunkFrame.TAKEN).number()).isEqualTo(1);
      trunk.send(1, TrunkFrame.CLOSE, 0);
      trunk.send(2, TrunkFrame.CLOSE, 0);
      drained.get(10, TimeUnit.SECONDS);
      trunk.open(3);
      for (Frame frame = next(trunk); frame != null; frame = next(trunk)) {
        assertThat(frame.type()).isEqualTo(TrunkFrame.CLOSE);
      }
    }
  }

  private static @Nullable Frame next(TestTrunk trunk) {
    try {
      return trunk.next();
    } catch (IOException e) {
      return null; // A reset, since something was left unread.
    }
  }

  /** Reads up to the trunk's end, which is a reset if something was left unread. */
  private static boolean drained(TestTrunk trunk) {
    while (next(trunk) != null) {
      // What was sent before.
    }
    return true;
  }

  private TestTrunk trunk() throws Exception {
    return address == null ? trunk(server) : new TestTrunk(address);
  }

  private TestTrunk trunk(NettyServer other) throws Exception {
    server = other;
    listen(other);
    return new TestTrunk(address);
  }

  private void listen(NettyServer started) throws Exception {
    address =
        started
            .listen(UnixDomainSocketAddress.of(directory.resolve("w0")))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  private static byte[] opening(int stream) {
    ByteBuffer frame = ByteBuffer.allocate(21).putLong(TrunkFrame.header(stream, 1, 13));
    return frame.put((byte) 4).putInt(0x0a000001).putShort((short) 1).array();
  }

  private static byte[] data(int stream, String text) {
    return ByteBuffer.allocate(8 + text.length())
        .putLong(TrunkFrame.header(stream, TrunkFrame.DATA, text.length()))
        .put(text.getBytes(US_ASCII))
        .array();
  }

  /** Sends back what it gets, or the body that is asked for, in ten windows. */
  private final class Program extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      channels.add(channel);
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                  answer(context, (ByteBuf) message);
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                  events.add(event);
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                  events.add(cause);
                }
              });
    }

    private void answer(ChannelHandlerContext context, ByteBuf message) {
      String wish = message.toString(US_ASCII);
      wishes.add(wish);
      byte[] body = new byte[10 * WINDOW];
      new Random(1).nextBytes(body);
      if (wish.equals("bytes")) {
        message.release();
        context.writeAndFlush(Unpooled.wrappedBuffer(body)).addListener(CLOSE);
      } else if (wish.equals("pieces")) {
        message.release();
        int size = 1000;
        for (int at = 0; at < body.length; at += size) {
          int count = Math.min(size, body.length - at);
          context.write(Unpooled.wrappedBuffer(body, at, count));
        }
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(CLOSE);
      } else if (wish.startsWith("file ")) {
        message.release();
        var file = Path.of(wish.substring(5)).toFile();
        context.write(Unpooled.EMPTY_BUFFER);
        context.writeAndFlush(new DefaultFileRegion(file, 0, body.length)).addListener(CLOSE);
      } else {
        context.writeAndFlush(message);
      }
    }

    private static final ChannelFutureListener CLOSE = ChannelFutureListener.CLOSE;
  }
}
