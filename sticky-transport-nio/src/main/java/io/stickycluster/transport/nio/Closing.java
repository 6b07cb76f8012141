package io.stickycluster.transport.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Closes channels whose errors nobody could use. */
final class Closing {

  private Closing() {}

  static void quietly(@Nullable Channel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The descriptor is gone either way.
      }
    }
  }

  /** Makes the coming close of a TCP channel a reset, so that the peer sees a broken connection. */
  static void resetOnClose(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | UnsupportedOperationException e) {
      // An ordinary close has to do.
    }
  }
}
