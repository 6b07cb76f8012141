package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractor.Missing;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a PROXY protocol header if one is due, then asks extractors in turn; the connection's own
 * address is the key if none of them finds one.
 */
final class HeadKeyReader implements KeyReader {

  private static final Logger log = LoggerFactory.getLogger(HeadKeyReader.class);

  private final boolean proxied;
  private final List<KeyExtractor> extractors;
  private final TrustedNetworks trusted;
  private final int maxHeadBytes;
  private final Duration deadline;
  private final AtomicBoolean faultLogged = new AtomicBoolean();

  /**
   * Makes a reader.
   *
   * @param proxied whether trusted peers send a PROXY protocol header first
   */
  HeadKeyReader(
      boolean proxied,
      List<KeyExtractor> extractors,
      TrustedNetworks trusted,
      int maxHeadBytes,
      Duration deadline) {
    this.proxied = proxied;
    this.extractors = List.copyOf(extractors);
    this.trusted = trusted;
    this.maxHeadBytes = maxHeadBytes;
    this.deadline = deadline;
  }

  @Override
  public int maxHeadBytes() {
    return maxHeadBytes;
  }

  @Override
  public Duration deadline() {
    return deadline;
  }

  @Override
  public Verdict read(ByteBuffer head, InetSocketAddress peer, boolean last) {
    ByteBuffer bytes = head.slice();
    boolean ends = last || bytes.limit() >= maxHeadBytes;
    bytes.limit(Math.min(bytes.limit(), maxHeadBytes));
    InetAddress address = peer.getAddress();
    if (!proxied || address == null || !trusted.contains(address)) {
      return readRequest(bytes, 0, peer, ends);
    }
    ProxyHeader.Result header = ProxyHeader.read(bytes, maxHeadBytes);
    if (header instanceof ProxyHeader.Complete complete) {
      InetSocketAddress source = complete.source();
      return readRequest(bytes, complete.length(), source == null ? peer : source, ends);
    }
    if (header instanceof ProxyHeader.Malformed malformed) {
      return new Reject(malformed.reason());
    }
    return ends
        ? new Reject("PROXY protocol header ends after " + bytes.limit() + " bytes")
        : NeedMore.INSTANCE;
  }

  private Verdict readRequest(
      ByteBuffer bytes, int consumed, InetSocketAddress connection, boolean ends) {
    if (extractors.isEmpty()) {
      return found(null, connection, consumed);
    }
    RequestHead request = new HttpHead(bytes.position(consumed), connection, trusted);
    byte[] key = null;
    for (KeyExtractor extractor : extractors) {
      if (key != null && !extractor.findsAddress()) {
        continue;
      }
      KeyExtractor.Result result = ask(extractor, request);
      if (result instanceof KeyExtractor.Address found) {
        return found(key, found.client(), consumed);
      }
      if (result == Missing.NEED_MORE && !ends) {
        return NeedMore.INSTANCE;
      }
      if (result instanceof KeyExtractor.Text text && key == null && text.key().length > 0) {
        key = text.key();
      }
    }
    return found(key, connection, consumed);
  }

  private KeyExtractor.@Nullable Result ask(KeyExtractor extractor, RequestHead request) {
    try {
      return extractor.extract(request);
    } catch (RuntimeException e) {
      if (faultLogged.compareAndSet(false, true)) {
        log.warn(
            "Key extractor {} threw; such clients go by their address (logged once)",
            extractor.getClass().getName(),
            e);
      }
      return Missing.ABSENT;
    }
  }

  private static Found found(byte @Nullable [] text, InetSocketAddress client, int consumed) {
    if (text != null) {
      return new Found(text, false, client, consumed);
    }
    InetAddress address = client.getAddress();
    return address == null
        ? new Found(
            client.getHostString().getBytes(StandardCharsets.UTF_8), false, client, consumed)
        : new Found(Addresses.bytes(address), true, client, consumed);
  }
}
