package io.stickycluster.internal.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A worker's end of its control link. Writing is safe for several threads, reading is for one. */
public final class ControlClient implements AutoCloseable {

  private final SocketChannel channel;
  private final FrameReader reader = new FrameReader();
  private final Object writing = new Object();

  /**
   * Connects to the master.
   *
   * @throws IOException if no master listens there
   */
  public ControlClient(Path path) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  /**
   * Sends a frame; blocks while the master is behind.
   *
   * @throws IOException if the link is broken
   */
  public void send(Frame frame) throws IOException {
    ByteBuffer bytes = FrameCodec.encode(frame);
    synchronized (writing) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /**
   * Waits for the next frame.
   *
   * @return the frame, or null when the master is gone
   * @throws IOException if the link is broken
   */
  public @Nullable Frame receive() throws IOException {
    while (true) {
      Frame frame = reader.next();
      if (frame != null) {
        return frame;
      }
      if (reader.fill(channel) < 0) {
        return null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
