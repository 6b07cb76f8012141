package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.RequestHead;
import io.stickycluster.spi.RequestHead.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client's address in a chain that proxies have written, each behind the one before it:
 * X-Forwarded-For or Forwarded (RFC 7239).
 *
 * <p>The chain is read from its end, over all header lines of the name, and only as far as it is
 * trusted: who wrote the last entry is the connection's own address, and each entry tells who wrote
 * the one before it. The first address that isn't trusted is the client; if all are, the one that
 * stands first. What stands before the client's entry was written by the client and isn't looked
 * at. There is no address if the connection's own isn't trusted, if the head is ambiguous, or if
 * the entry that counts is not an address.
 */
final class ForwardedExtractor implements KeyExtractor {

  static final String X_FORWARDED_FOR = "X-Forwarded-For";
  static final String FORWARDED = "Forwarded";

  /** How entries are written. */
  enum Syntax {
    /** As addresses. */
    PLAIN,
    /** As {@code name=value} pairs with semicolons between, of which {@code for} counts. */
    PARAMETERS
  }

  private final String header;
  private final Syntax syntax;

  ForwardedExtractor(String header, Syntax syntax) {
    this.header = header;
    this.syntax = syntax;
  }

  @Override
  public boolean findsAddress() {
    return true;
  }

  @Override
  public Result extract(RequestHead head) {
    InetAddress writer = head.connection().getAddress();
    if (writer == null || !head.isTrusted(writer)) {
      return Missing.ABSENT;
    }
    if (head.progress() != Progress.COMPLETE) {
      return TextKeys.missing(head);
    }
    InetSocketAddress furthest = null;
    for (int line = head.headerCount() - 1; line >= 0; line--) {
      if (!head.isHeader(line, header)) {
        continue;
      }
      String value = text(head.headerValue(line));
      for (int end = value.length(); end >= 0; ) {
        int comma = commaBefore(value, end);
        String entry = value.substring(comma + 1, end).strip();
        end = comma;
        if (entry.isEmpty()) {
          continue;
        }
        InetSocketAddress hop = address(entry);
        if (hop == null) {
          return Missing.ABSENT;
        }
        if (!head.isTrusted(hop.getAddress())) {
          return new Address(hop);
        }
        furthest = hop;
      }
    }
    return furthest == null ? Missing.ABSENT : new Address(furthest);
  }

  private static String text(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns where the last comma before the end is that isn't quoted, or -1. */
  private int commaBefore(String value, int end) {
    if (syntax == Syntax.PLAIN) {
      return value.lastIndexOf(',', end - 1);
    }
    // From the end, so that a quote the client left open can't swallow what a proxy added.
    boolean quoted = false;
    for (int i = end - 1; i >= 0; i--) {
      char c = value.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable InetSocketAddress address(String entry) {
    if (syntax == Syntax.PLAIN) {
      return Addresses.parseHop(entry);
    }
    String node = null;
    for (String pair : entry.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        return null;
      }
      if (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT).equals("for")) {
        if (node != null) {
          return null;
        }
        node = unquoted(pair.substring(equals + 1).strip());
      }
    }
    return node == null ? null : Addresses.parseHop(node);
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
