package io.stickycluster;

import java.util.List;
import java.util.OptionalLong;

/**
 * How a client becomes an index: which bytes are its key, how they are hashed, and how the hash
 * chooses a worker. Names are checked when the cluster starts.
 *
 * @param key where the key is found, such as {@code ip}, {@code proxy}, {@code
 *     header:X-Forwarded-For} or {@code cookie:sid,ip}
 * @param keyForm how an address is hashed: {@code bytes}, {@code text} or {@code node-text}
 * @param trustedNetworks whose forwarded addresses count, in CIDR notation
 * @param hash the hash strategy's name
 * @param seed the hash strategy's seed, or empty for its default
 * @param balancer the balancer's name
 * @param ipv4PrefixBits how many leading bits of an IPv4 address tell a client, 1 to 32
 * @param ipv6PrefixBits how many leading bits of an IPv6 address tell a client, 1 to 128
 */
public record Routing(
    String key,
    String keyForm,
    List<String> trustedNetworks,
    String hash,
    OptionalLong seed,
    String balancer,
    int ipv4PrefixBits,
    int ipv6PrefixBits) {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the value and its bounds
   */
  public Routing {
    trustedNetworks = List.copyOf(trustedNetworks);
    Bounds.within("ipv4PrefixBits", ipv4PrefixBits, 1, 32);
    Bounds.within("ipv6PrefixBits", ipv6PrefixBits, 1, 128);
  }

  /** The whole address, djb2 over its bytes, modulo the number of workers. */
  public static Routing defaults() {
    return new Routing("ip", "bytes", List.of(), "djb2", OptionalLong.empty(), "modulo", 32, 128);
  }

  /** Returns this routing with another key. */
  public Routing withKey(String key) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }

  /** Returns this routing with another form of address keys. */
  public Routing withKeyForm(String keyForm) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }

  /** Returns this routing with other trusted networks. */
  public Routing withTrustedNetworks(List<String> trustedNetworks) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }

  /** Returns this routing with another hash strategy and seed. */
  public Routing withHash(String hash, OptionalLong seed) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }

  /** Returns this routing with another balancer. */
  public Routing withBalancer(String balancer) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }

  /** Returns this routing with other address prefixes. */
  public Routing withPrefixBits(int ipv4PrefixBits, int ipv6PrefixBits) {
    return new Routing(
        key, keyForm, trustedNetworks, hash, seed, balancer, ipv4PrefixBits, ipv6PrefixBits);
  }
}
