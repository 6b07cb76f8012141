package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeferringIoHandlerTest {

  private static final IoOps READ = new IoOps() {};
  private static final IoOps WRITE = new IoOps() {};
  private static final int MANY_BYTES = 8 << 20;

  private final Recorder recorder = new Recorder();
  private final IoHandler handler =
      DeferringIoHandler.before(executor -> recorder).newHandler(null);

  @Test
  void whatEndsWithinItsTurnIsNeverRegistered() throws Exception {
    IoRegistration registration = handler.register(new TestHandle());
    registration.submit(READ);
    assertThat(registration.isValid()).isTrue();
    assertThat(registration.cancel()).isTrue();
    assertThat(registration.cancel()).isFalse();
    assertThat(registration.isValid()).isFalse();
    assertThat(registration.submit(READ)).isEqualTo(-1);
    handler.run(null);
    assertThat(recorder.events).containsExactly("run");
  }

  @Test
  void whatLivesOnIsRegisteredBeforeTheNextTurnAsItWasLastWanted() throws Exception {
    IoRegistration registration = handler.register(new TestHandle());
    registration.submit(READ);
    registration.submit(WRITE);
    handler.run(null);
    registration.submit(READ);
    registration.cancel();
    handler.run(null);
    assertThat(recorder.events)
        .containsExactly("register", "submit write", "run", "submit read", "cancel", "run");
    assertThat(registration.isValid()).isFalse();
  }

  @Test
  void whoAsksForTheAttachmentIsRegisteredAtOnce() throws Exception {
    IoRegistration registration = handler.register(new TestHandle());
    registration.submit(READ);
    assertThat((String) registration.attachment()).isEqualTo("attachment");
    handler.run(null);
    assertThat(recorder.events).containsExactly("register", "submit read", "run");
  }

  @Test
  void whatCannotBeRegisteredIsClosedAndHarmsNobody() throws Exception {
    TestHandle impossible = new TestHandle();
    TestHandle possible = new TestHandle();
    recorder.refused = impossible;
    handler.register(impossible);
    handler.register(possible);
    handler.run(null);
    assertThat(impossible.closed).isTrue();
    assertThat(possible.closed).isFalse();
    assertThat(recorder.events).containsExactly("register", "run");
  }

  @Test
  void whatArrivedLastIsEndedWithTheRest() throws Exception {
    handler.register(new TestHandle());
    handler.prepareToDestroy();
    assertThat(recorder.events).containsExactly("register", "end all");
  }

  @Test
  void channelsNoticeNothing() throws Exception {
    assumeTrue(new NettyTransportProvider().unavailable().isEmpty());
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, DeferringIoHandler.before(EpollIoHandler.newFactory()));
    byte[] sent = new byte[MANY_BYTES];
    new Random(2).nextBytes(sent);
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(EpollServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(new PausingEcho());
                    }
                  })
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      try (Socket client = new Socket()) {
        client.connect(server.localAddress());
        Thread writer = new Thread(() -> write(client, sent));
        writer.start();
        InputStream in = client.getInputStream();
        assertThat(in.readNBytes(MANY_BYTES)).isEqualTo(sent);
        writer.join();
      }
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  private static void write(Socket client, byte[] bytes) {
    try {
      OutputStream out = client.getOutputStream();
      out.write(bytes);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Sends everything back, and reads no more until it is sent. */
  private static final class PausingEcho extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.channel().config().setAutoRead(false);
      ByteBuf bytes = (ByteBuf) message;
      // Two buffers in one flush are a gathering write.
      ctx.write(bytes.readRetainedSlice(bytes.readableBytes() / 2));
      ctx.writeAndFlush(bytes)
          .addListener(done -> ctx.channel().config().setAutoRead(done.isSuccess()));
    }
  }

  private static final class TestHandle implements IoHandle {
    private boolean closed;

    @Override
    public void handle(IoRegistration registration, IoEvent event) {}

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Writes down what it is asked for. */
  private static final class Recorder implements IoHandler {
    private final List<String> events = new ArrayList<>();
    private IoHandle refused;

    @Override
    public int run(IoHandlerContext context) {
      events.add("run");
      return 0;
    }

    @Override
    public void prepareToDestroy() {
      events.add("end all");
    }

    @Override
    public IoRegistration register(IoHandle handle) throws java.io.IOException {
      if (handle == refused) {
        throw new java.io.IOException("refused");
      }
      events.add("register");
      return new IoRegistration() {
        private boolean valid = true;

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> T attachment() {
          return (T) "attachment";
        }

        @Override
        public long submit(IoOps ops) {
          events.add(ops == READ ? "submit read" : "submit write");
          return 1;
        }

        @Override
        public boolean isValid() {
          return valid;
        }

        @Override
        public boolean cancel() {
          valid = false;
          events.add("cancel");
          return true;
        }
      };
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return true;
    }
  }
}
