package io.stickycluster.spi;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Finds a client's key in the first bytes it sends. Stateless and safe for use by several threads;
 * never throws, whatever the bytes are.
 */
public interface KeyReader {

  /**
   * Returns the bound on the head: with this many bytes {@link #read} always decides, and it looks
   * at no more of them.
   */
  int maxHeadBytes();

  /** Returns how long a transport waits for the head before it asks for a final verdict. */
  Duration deadline();

  /**
   * Looks at what a client has sent so far. Once this is a verdict other than {@link NeedMore}, it
   * stays the same whatever bytes follow, so it doesn't matter how they were cut up.
   *
   * @param head the bytes from position to limit, from the first one the client sent; left as they
   *     are
   * @param peer the connection's own remote address
   * @param last whether nothing more will be waited for, because the client closed or the deadline
   *     has passed; the verdict is then {@link Found} or {@link Reject}
   */
  Verdict read(ByteBuffer head, InetSocketAddress peer, boolean last);

  /** What a reader says. */
  sealed interface Verdict {}

  /** The head does not decide yet: read more and ask again. */
  record NeedMore() implements Verdict {
    /** The only instance anyone needs. */
    public static final NeedMore INSTANCE = new NeedMore();
  }

  /**
   * The key is known.
   *
   * @param key the key's bytes, not to be changed
   * @param isAddress whether the key is an address (4 or 16 bytes) rather than text
   * @param client the client's address as the worker is to see it: the forwarded one if a trusted
   *     proxy told it, else the peer's
   * @param consumedBytes how many bytes at the start of the head the worker must not see: those of
   *     a PROXY protocol header, else 0
   */
  @SuppressWarnings("ArrayRecordComponent") // Made per connection; a copy would gain nothing.
  record Found(byte[] key, boolean isAddress, InetSocketAddress client, int consumedBytes)
      implements Verdict {}

  /**
   * The connection breaks the protocol it has to speak, such as PROXY protocol from a trusted
   * proxy: close it.
   *
   * @param reason what was wrong, for the log
   */
  record Reject(String reason) implements Verdict {}

  /** Returns the index of a found key. */
  static int index(Router router, Found found) {
    byte[] key = found.key();
    return found.isAddress()
        ? router.indexOfAddress(key, 0, key.length)
        : router.indexOfText(key, 0, key.length);
  }
}
