package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractorProvider;
import io.stickycluster.spi.KeyReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients are told by: a list such as {@code cookie:sid,header:X-Forwarded-For,ip} of which
 * the first entry that finds a key counts, and the connection's own address if none does.
 *
 * <p>{@code ip} is the connection's own address. {@code proxy} is the address told by the PROXY
 * protocol header that every trusted peer then has to send first; it changes what counts as the
 * connection's own address for the whole list. Both always find a key and so stand last. Other
 * entries are extractors: a provider's name and argument. Immutable.
 */
public final class KeySpec {

  private static final Logger log = LoggerFactory.getLogger(KeySpec.class);

  /** The default: clients are told by their address. */
  public static final KeySpec IP = new KeySpec("ip", false, List.of());

  /** The default for {@link KeyReader#maxHeadBytes()}. */
  public static final int DEFAULT_MAX_HEAD_BYTES = 16 * 1024;

  /** The default for {@link KeyReader#deadline()}. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);

  private static final int MIN_HEAD_BYTES = 256;
  private static final int MAX_HEAD_BYTES = 1024 * 1024;

  private final String text;
  private final boolean proxied;
  private final List<KeyExtractor> extractors;

  private KeySpec(String text, boolean proxied, List<KeyExtractor> extractors) {
    this.text = text;
    this.proxied = proxied;
    this.extractors = List.copyOf(extractors);
  }

  /**
   * Reads a specification, with the extractors that {@link ServiceLoader} finds.
   *
   * @throws IllegalArgumentException if it isn't one; says in one line what is wrong and what there
   *     is
   */
  public static KeySpec parse(String text) {
    return parse(text, load());
  }

  private static List<KeyExtractorProvider> load() {
    List<KeyExtractorProvider> providers = new ArrayList<>();
    Iterator<KeyExtractorProvider> found =
        ServiceLoader.load(KeyExtractorProvider.class).iterator();
    while (true) {
      // A broken entry costs itself alone: the iterator goes on behind it.
      try {
        if (!found.hasNext()) {
          return providers;
        }
        providers.add(found.next());
      } catch (ServiceConfigurationError e) {
        log.warn("A key extractor is left out: {}", e.getMessage());
      }
    }
  }

  static KeySpec parse(String text, List<KeyExtractorProvider> providers) {
    String[] entries = text.split(",", -1);
    List<KeyExtractor> extractors = new ArrayList<>();
    boolean proxied = false;
    for (int i = 0; i < entries.length; i++) {
      String entry = entries[i].strip();
      if (entry.equals("ip") || entry.equals("proxy")) {
        if (i < entries.length - 1) {
          throw new IllegalArgumentException(
              "Key '%s': '%s' always finds a key, so it has to stand last".formatted(text, entry));
        }
        proxied = entry.equals("proxy");
      } else {
        extractors.add(extractor(text, entry, providers));
      }
    }
    return new KeySpec(text.strip(), proxied, extractors);
  }

  private static KeyExtractor extractor(
      String text, String entry, List<KeyExtractorProvider> providers) {
    int colon = entry.indexOf(':');
    String name = colon < 0 ? entry : entry.substring(0, colon);
    KeyExtractorProvider chosen = null;
    for (KeyExtractorProvider provider : providers) {
      if (!provider.name().equals(name)) {
        continue;
      }
      if (chosen != null) {
        throw new IllegalArgumentException(
            "Key '%s': both %s and %s are named '%s'; remove one of them"
                .formatted(text, chosen.getClass().getName(), provider.getClass().getName(), name));
      }
      chosen = provider;
    }
    if (chosen == null) {
      throw new IllegalArgumentException(
          "Key '%s': there is no '%s'; there are ip, proxy, %s, and lists of these with commas between"
              .formatted(text, name, usages(providers)));
    }
    try {
      return chosen.create(colon < 0 ? "" : entry.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Key '%s': %s; write %s".formatted(text, e.getMessage(), usage(chosen)), e);
    }
  }

  private static String usages(List<KeyExtractorProvider> providers) {
    TreeMap<String, KeyExtractorProvider> byName = new TreeMap<>();
    providers.forEach(provider -> byName.put(provider.name(), provider));
    return byName.values().stream().map(KeySpec::usage).collect(Collectors.joining(", "));
  }

  private static String usage(KeyExtractorProvider provider) {
    String argument = provider.argument();
    return argument.isEmpty() ? provider.name() : provider.name() + ":" + argument;
  }

  /** Returns whether the key is the address in the packets and no bytes are to be read for it. */
  public boolean isInPacket() {
    return !proxied && extractors.isEmpty();
  }

  /** Returns whether somebody else is to be believed about clients' addresses. */
  public boolean needsTrust() {
    return proxied || extractors.stream().anyMatch(KeyExtractor::findsAddress);
  }

  /**
   * Returns what finds this key, or null if the key {@linkplain #isInPacket() is in the packet}.
   *
   * @param trusted whom to believe about clients' addresses
   * @param maxHeadBytes how many bytes to look at, from 256 to 1 MiB
   * @param deadline how long to wait for them, more than zero
   * @throws IllegalArgumentException if a bound is out of its range, or if the key is told by
   *     proxies but none is trusted
   */
  public @Nullable KeyReader reader(TrustedNetworks trusted, int maxHeadBytes, Duration deadline) {
    if (isInPacket()) {
      return null;
    }
    if (maxHeadBytes < MIN_HEAD_BYTES || maxHeadBytes > MAX_HEAD_BYTES) {
      throw new IllegalArgumentException(
          "The bound on the head is %d bytes; it must be from %d to %d"
              .formatted(maxHeadBytes, MIN_HEAD_BYTES, MAX_HEAD_BYTES));
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException(
          "The deadline for the head is " + deadline + "; it must be more than zero");
    }
    if (needsTrust() && trusted.isEmpty()) {
      throw new IllegalArgumentException(
          ("Key '%s' is told by proxies, but no network is trusted; name the proxies' networks,"
                  + " such as trust=loopback")
              .formatted(text));
    }
    return new HeadKeyReader(proxied, extractors, trusted, maxHeadBytes, deadline);
  }

  /** Returns the specification as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
