package io.stickycluster.transport.netty;

import io.stickycluster.spi.TrunkFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The proxy's end of a trunk, frame by frame, in blocking style. */
final class TestTrunk implements AutoCloseable {

  /** A frame that the server sent; its data is empty unless it carries some. */
  @SuppressWarnings("ArrayRecordComponent") // Only read.
  record Frame(int type, int stream, int number, byte[] data) {}

  private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

  TestTrunk(SocketAddress address) throws IOException {
    channel.connect(address);
  }

  void open(int stream, InetSocketAddress client, InetSocketAddress local) throws IOException {
    ByteBuffer frame =
        ByteBuffer.allocate(TrunkFrame.HEADER_BYTES + TrunkFrame.MAX_ADDRESSES_BYTES);
    frame.position(TrunkFrame.HEADER_BYTES);
    TrunkFrame.putAddresses(frame, client, local);
    int number = frame.position() - TrunkFrame.HEADER_BYTES;
    write(frame.putLong(0, TrunkFrame.header(stream, TrunkFrame.OPEN, number)).flip());
  }

  /** Opens a stream of some client. */
  void open(int stream) throws IOException {
    open(
        stream, new InetSocketAddress("203.0.113.7", 4242), new InetSocketAddress("192.0.2.1", 80));
  }

  void data(int stream, byte[] bytes) throws IOException {
    send(stream, TrunkFrame.DATA, bytes.length);
    write(ByteBuffer.wrap(bytes));
  }

  void send(int stream, int type, int number) throws IOException {
    write(ByteBuffer.allocate(8).putLong(0, TrunkFrame.header(stream, type, number)));
  }

  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Returns the next frame, or null at the end of the trunk. */
  @Nullable Frame next() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(TrunkFrame.HEADER_BYTES);
    if (!fill(header)) {
      return null;
    }
    long frame = header.getLong(0);
    int number = TrunkFrame.number(frame);
    boolean isData = TrunkFrame.type(frame) == TrunkFrame.DATA;
    ByteBuffer data = ByteBuffer.allocate(isData ? number : 0);
    return fill(data)
        ? new Frame(TrunkFrame.type(frame), TrunkFrame.stream(frame), number, data.array())
        : null;
  }

  /** Returns the next frame of one type; what comes before it does not matter. */
  Frame next(int type) throws IOException {
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == type) {
        return frame;
      }
    }
    throw new IOException("the trunk ended");
  }

  /** Returns what the server sends on a stream, up to the end of either. */
  InputStream input(int stream) {
    return new InputStream() {
      private ByteBuffer data = ByteBuffer.allocate(0);

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) {
        try {
          while (!data.hasRemaining()) {
            Frame frame = next();
            if (frame == null || (frame.stream() == stream && frame.type() >= TrunkFrame.END)) {
              return -1;
            }
            data = ByteBuffer.wrap(frame.data());
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        int count = Math.min(length, data.remaining());
        data.get(to, offset, count);
        return count;
      }
    };
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
