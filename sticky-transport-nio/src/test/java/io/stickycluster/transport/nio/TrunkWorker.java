package io.stickycluster.transport.nio;

import io.stickycluster.ListeningServer;
import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A worker with one trunk that does frame by frame what a test wants. */
final class TrunkWorker implements ListeningServer {

  /** A frame that the proxy sent, with its bytes if it carries some. */
  @SuppressWarnings("ArrayRecordComponent") // Only read.
  record Frame(int type, int stream, int number, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }

  private final ServerSocketChannel listener =
      ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  private SocketChannel trunk = SocketChannel.open(StandardProtocolFamily.UNIX);

  TrunkWorker() throws IOException {}

  @Override
  public CompletionStage<SocketAddress> listen(SocketAddress suggested) {
    try {
      listener.bind(suggested);
      return CompletableFuture.completedFuture(suggested);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public boolean expectsProxyProtocol() {
    return false;
  }

  @Override
  public int trunks() {
    return 1;
  }

  void accept() throws IOException {
    trunk = listener.accept();
  }

  /** Returns the next frame; fails at the trunk's end. */
  Frame next() throws IOException {
    long header = fill(ByteBuffer.allocate(TrunkFrame.HEADER_BYTES)).getLong(0);
    int number = TrunkFrame.number(header);
    int type = TrunkFrame.type(header);
    boolean hasBytes = type == TrunkFrame.OPEN || type == TrunkFrame.DATA;
    byte[] bytes = fill(ByteBuffer.allocate(hasBytes ? number : 0)).array();
    return new Frame(type, TrunkFrame.stream(header), number, bytes);
  }

  /** Returns the next frame of one type; what comes before it does not matter. */
  Frame next(int type) throws IOException {
    Frame frame = next();
    while (frame.type() != type) {
      frame = next();
    }
    return frame;
  }

  void send(int stream, int type, int number) throws IOException {
    write(ByteBuffer.allocate(8).putLong(0, TrunkFrame.header(stream, type, number)));
  }

  void take() throws IOException {
    send(0, TrunkFrame.TAKEN, 1);
  }

  void data(int stream, String text) throws IOException {
    send(stream, TrunkFrame.DATA, text.length());
    write(StandardCharsets.US_ASCII.encode(text));
  }

  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      trunk.write(bytes);
    }
  }

  /** Returns whether the proxy has closed the trunk. */
  boolean isCutOff() throws IOException {
    ByteBuffer rest = ByteBuffer.allocate(1024);
    while (trunk.read(rest.clear()) >= 0) {
      // What it sent before.
    }
    return true;
  }

  /** Ends as if the process had died. */
  void die() throws IOException {
    trunk.close();
    listener.close();
  }

  private ByteBuffer fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (trunk.read(buffer) < 0) {
        throw new IOException("the trunk ended");
      }
    }
    return buffer;
  }

  @Override
  public CompletionStage<?> drain() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    Closing.quietly(trunk);
    Closing.quietly(listener);
  }
}
