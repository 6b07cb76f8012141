package io.stickycluster.transport.netty;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes descriptors for which nobody can do anything more. */
final class Descriptors {

  private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);
  private static final int MAX_DISCARDED_READS = 4;

  private Descriptors() {}

  /** Closes a descriptor; an error is worth no more than a line for debugging. */
  static void close(FileDescriptor descriptor) {
    try {
      descriptor.close();
    } catch (IOException e) {
      LOG.debug("closing {}: {}", descriptor, e.getMessage());
    }
  }

  /**
   * Closes a connection that is not to be served. Reads what the client has sent so far, because
   * the kernel would answer unread bytes with a reset rather than with an end.
   */
  static void refuse(FileDescriptor connection, ByteBuffer scratch) {
    try {
      for (int i = 0; i < MAX_DISCARDED_READS; i++) {
        if (connection.read(scratch, 0, scratch.capacity()) <= 0) {
          break;
        }
      }
    } catch (IOException e) {
      LOG.debug("refusing {}: {}", connection, e.getMessage());
    }
    close(connection);
  }
}
