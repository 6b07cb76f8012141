package io.stickycluster.spi;

import java.net.InetSocketAddress;

/**
 * Finds a client's key in what it sends first. Stateless and safe for use by several threads.
 *
 * <p>It must go through the bytes from the front and stick to what it once said: what it answers
 * for some bytes, other than {@link Missing#NEED_MORE}, it also answers when more bytes follow. An
 * extractor that throws counts as one that found nothing.
 */
public interface KeyExtractor {

  /** Looks for the key in what a client has sent so far. */
  Result extract(RequestHead head);

  /**
   * Returns whether this extractor answers with {@linkplain Address addresses}. It is then asked
   * even if an earlier extractor has found the key, so that the worker sees the client's address.
   */
  default boolean findsAddress() {
    return false;
  }

  /** What an extractor says. */
  sealed interface Result {}

  /** No key. */
  enum Missing implements Result {
    /** There is no key, whatever follows. */
    ABSENT,
    /** The bytes so far don't decide. */
    NEED_MORE
  }

  /**
   * The key is text.
   *
   * @param key its bytes, not to be changed any more; empty counts as {@link Missing#ABSENT}
   */
  @SuppressWarnings("ArrayRecordComponent") // Made per connection; a copy would gain nothing.
  record Text(byte[] key) implements Result {}

  /**
   * The key is the client's address, told by somebody {@linkplain RequestHead#isTrusted trusted}.
   *
   * @param client the address, with port 0 if the port is not known
   */
  record Address(InetSocketAddress client) implements Result {}
}
