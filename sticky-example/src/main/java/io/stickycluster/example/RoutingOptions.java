package io.stickycluster.example;

import io.stickycluster.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which client goes to which worker. */
final class RoutingOptions {

  @Option(
      names = "--hash",
      paramLabel = "<name>",
      description = "Hash strategy, such as djb2 or int31 (default: djb2).")
  private @Nullable String hash;

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      description = "The hash strategy's seed, if it takes one.")
  private @Nullable Long seed;

  @Option(
      names = "--balancer",
      paramLabel = "<name>",
      description = "How a hash chooses a worker (default: modulo).")
  private @Nullable String balancer;

  @Option(
      names = "--key",
      paramLabel = "<key>",
      description = "What tells a client: ip, proxy, header:NAME, cookie:NAME (default: ip).")
  private @Nullable String key;

  @Option(
      names = "--key-form",
      paramLabel = "<form>",
      description = "How an address is hashed: bytes, text or node-text (default: bytes).")
  private @Nullable String keyForm;

  @Option(
      names = "--ipv4-prefix",
      paramLabel = "<bits>",
      description = "Leading bits of an IPv4 address that tell a client, 1 to 32 (default: 32).")
  private @Nullable Integer ipv4Prefix;

  @Option(
      names = "--ipv6-prefix",
      paramLabel = "<bits>",
      description = "Leading bits of an IPv6 address that tell a client, 1 to 128 (default: 128).")
  private @Nullable Integer ipv6Prefix;

  @Option(
      names = "--trust",
      paramLabel = "<network>",
      split = ",",
      description = "Networks whose forwarded addresses count, such as 10.0.0.0/8,fd00::/8.")
  private List<String> trust = new ArrayList<>();

  /**
   * Returns the routing that was asked for.
   *
   * @throws IllegalArgumentException if a value is out of its bounds
   */
  Routing routing() {
    Routing none = Routing.defaults();
    return new Routing(
        or(key, none.key()),
        or(keyForm, none.keyForm()),
        trust,
        or(hash, none.hash()),
        seed == null ? none.seed() : OptionalLong.of(seed),
        or(balancer, none.balancer()),
        or(ipv4Prefix, none.ipv4PrefixBits()),
        or(ipv6Prefix, none.ipv6PrefixBits()));
  }

  private static <T> T or(@Nullable T given, T none) {
    return given == null ? none : given;
  }
}
