package io.stickycluster.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.StringUtil;
import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that comes over a {@link Trunk}. Holds what the client sent while nobody
 * reads it, at most the window, and keeps back what the proxy does not take yet.
 *
 * <p>A message counts as written when the trunk has it.
 */
final class StreamChannel extends AbstractChannel implements ServedChannel {

  /** How far the window of a client grows whose bytes are read as they come. */
  private static final int MAX_WINDOW_BYTES = 256 * 1024;

  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final ServerRuntime server;
  private final Trunk trunk;
  private final int number;
  private final TrunkFrame.Addresses addresses;
  private final StreamConfig config;
  private final ArrayDeque<ByteBuf> received = new ArrayDeque<>(2);
  private int creditBytes = TrunkFrame.WINDOW_BYTES;
  private int windowBytes = TrunkFrame.WINDOW_BYTES;
  private int allowedBytes = TrunkFrame.WINDOW_BYTES;
  private int readBytes;
  private boolean readWanted;
  private boolean started;
  private boolean delivering;
  private boolean clientEnded;
  private boolean clientGone;
  private volatile boolean inputShutdown;
  private volatile boolean outputShutdown;
  private volatile boolean closed;

  StreamChannel(ServerRuntime server, Trunk trunk, int number, TrunkFrame.Addresses addresses) {
    super(null);
    this.server = server;
    this.trunk = trunk;
    this.number = number;
    this.addresses = addresses;
    this.config = new StreamConfig(this);
  }

  int number() {
    return number;
  }

  @Override
  public ServerRuntime server() {
    return server;
  }

  // What the proxy sends; on the event loop.

  /** Takes bytes of the client; returns false if the proxy may not send so many. */
  boolean received(ByteBuf bytes) {
    allowedBytes -= bytes.readableBytes();
    if (allowedBytes < 0 || clientEnded) {
      bytes.release();
      return false;
    }
    if (closed || inputShutdown) {
      consumed(bytes.readableBytes());
      bytes.release();
    } else {
      hold(bytes);
      deliver();
    }
    return true;
  }

  /** Keeps many small messages together. */
  private void hold(ByteBuf bytes) {
    ByteBuf last = received.peekLast();
    if (last != null && last.maxFastWritableBytes() >= bytes.readableBytes()) {
      last.writeBytes(bytes);
      bytes.release();
    } else {
      received.add(bytes);
    }
  }

  /** The client sends no more; returns false if it has said so before. */
  boolean clientEnds() {
    boolean first = !clientEnded;
    clientEnded = true;
    deliver();
    return first;
  }

  /** The client has gone. */
  void clientGone() {
    clientGone = true;
    if (isOpen() && clientEnded && !received.isEmpty()) {
      // Whoever reads it gets to its end first, unless there is something to write in vain.
      writeMore();
      return;
    }
    if (!isOpen()) {
      return;
    }
    if (!clientEnded && isRegistered()) {
      pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    }
    unsafe().close(unsafe().voidPromise());
  }

  /** The trunk broke, and so did all of its connections. */
  void proxyGone() {
    unsafe().close(unsafe().voidPromise());
  }

  /** The proxy takes more; returns false if it can't be that much. */
  boolean credit(int bytes) {
    if (bytes > Integer.MAX_VALUE - creditBytes) {
      return false;
    }
    creditBytes += bytes;
    writeMore();
    return true;
  }

  /** Writes what waited for the trunk or the proxy. */
  void writeMore() {
    if (isActive()) {
      ((Unsafe) unsafe()).writeMore();
    }
  }

  /** Delivers what came before the channel was registered. */
  void start() {
    started = true;
    deliver();
  }

  private void deliver() {
    if (delivering || !started) {
      return;
    }
    delivering = true;
    try {
      while (readWanted && isOpen() && !inputShutdown && (clientEnded || !received.isEmpty())) {
        readWanted = false;
        deliverOnce();
      }
    } finally {
      delivering = false;
    }
  }

  private void deliverOnce() {
    ByteBuf next = received.poll();
    while (next != null) {
      consumed(next.readableBytes());
      pipeline().fireChannelRead(next);
      next = config.isAutoRead() ? received.poll() : null;
    }
    pipeline().fireChannelReadComplete();
    if (clientEnded && received.isEmpty() && isOpen() && !inputShutdown) {
      if (config.isAllowHalfClosure() && !clientGone) {
        inputShutdown = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
      } else {
        unsafe().close(unsafe().voidPromise());
      }
    }
  }

  private void consumed(int bytes) {
    readBytes += bytes;
    if (readBytes < windowBytes / 2 || clientEnded || closed) {
      return;
    }
    int more = readBytes;
    if (received.isEmpty() && windowBytes < MAX_WINDOW_BYTES) {
      more += windowBytes;
      windowBytes *= 2;
    }
    readBytes = 0;
    allowedBytes += more;
    trunk.output().write(number, TrunkFrame.CREDIT, more);
  }

  /** Nobody wants to read for now. */
  void clearRead() {
    if (!isRegistered() || eventLoop().inEventLoop()) {
      readWanted = false;
    } else {
      eventLoop().execute(() -> readWanted = config.isAutoRead() && readWanted);
    }
  }

  // What AbstractChannel asks for.

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new Unsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected void doBeginRead() {
    readWanted = true;
    if (started && !delivering && (clientEnded || !received.isEmpty())) {
      eventLoop().execute(this::deliver);
    }
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf || message instanceof FileRegion) {
      return message;
    }
    throw new UnsupportedOperationException(
        "unsupported message type: "
            + StringUtil.simpleClassName(message)
            + " (expected: ByteBuf, FileRegion)");
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) throws Exception {
    if (clientGone) {
      throw new IOException("Broken pipe");
    }
    while (!out.isEmpty() && creditBytes > 0 && trunk.takes(this)) {
      int sent =
          out.current() instanceof FileRegion region
              ? trunk.output().write(number, region, creditBytes)
              : trunk.output().write(number, out, creditBytes);
      creditBytes -= sent;
      if (out.current() instanceof FileRegion region) {
        out.progress(sent);
        if (region.transferred() >= region.count()) {
          out.remove();
        }
      } else {
        out.removeBytes(sent);
      }
    }
  }

  @Override
  protected void doShutdownOutput() {
    outputShutdown = true;
    trunk.output().write(number, TrunkFrame.END, 0);
  }

  @Override
  protected void doClose() {
    if (!closed) {
      closed = true;
      received.forEach(ReferenceCountUtil::release);
      received.clear();
      trunk.closed(this);
    }
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new ChannelException("a client's connection can't be bound");
  }

  @Override
  protected SocketAddress localAddress0() {
    return addresses.local();
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return addresses.client();
  }

  @Override
  public InetSocketAddress localAddress() {
    return addresses.local();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return addresses.client();
  }

  @Override
  public @Nullable ServerSocketChannel parent() {
    return null;
  }

  @Override
  public StreamConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return !closed;
  }

  // Half-closing.

  @Override
  public boolean isInputShutdown() {
    return inputShutdown || closed;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown || closed;
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return onLoop(
        () -> {
          inputShutdown = true;
          for (ByteBuf bytes = received.poll(); bytes != null; bytes = received.poll()) {
            consumed(bytes.readableBytes());
            bytes.release();
          }
          promise.trySuccess();
        },
        promise);
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    return onLoop(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise), promise);
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    shutdownOutput()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                shutdownInput(promise);
              } else {
                promise.tryFailure(done.cause());
              }
            });
    return promise;
  }

  private ChannelFuture onLoop(Runnable action, ChannelPromise promise) {
    if (eventLoop().inEventLoop()) {
      action.run();
    } else {
      eventLoop().execute(action);
    }
    return promise;
  }

  private final class Unsafe extends AbstractUnsafe {

    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("it is connected"));
    }

    void writeMore() {
      super.flush0();
    }
  }
}
