package io.stickycluster.bench.transport;

import io.stickycluster.bench.transport.Sources.Source;
import java.util.List;

/** The line of a request's head by which the targets with a key from the head tell clients. */
final class KeyHeader {

  private static final String HEADER = "header:";
  private static final String COOKIE = "cookie:";
  private static final List<String> ADDRESS_HEADERS = List.of("x-forwarded-for", "forwarded");

  private final String name;
  private final String prefix;
  private final boolean address;

  private KeyHeader(String name, String prefix, boolean address) {
    this.name = name;
    this.prefix = prefix;
    this.address = address;
  }

  /**
   * Reads a key as the cluster's option names it.
   *
   * @throws IllegalArgumentException if it is neither {@code header:NAME} nor {@code cookie:NAME}
   */
  static KeyHeader of(String key) {
    if (key.startsWith(HEADER) && key.length() > HEADER.length()) {
      String name = key.substring(HEADER.length());
      boolean address = ADDRESS_HEADERS.contains(name.toLowerCase(java.util.Locale.ROOT));
      return new KeyHeader(name, name.equalsIgnoreCase("forwarded") ? "for=" : "", address);
    }
    if (key.startsWith(COOKIE) && key.length() > COOKIE.length()) {
      return new KeyHeader("Cookie", key.substring(COOKIE.length()) + "=", false);
    }
    throw new IllegalArgumentException(
        "--key must be header:NAME or cookie:NAME, not '" + key + "'");
  }

  /** Returns the line that tells this client. */
  String line(Source source) {
    return name + ": " + prefix + (address ? source.forwarded() : source.session());
  }
}
