package io.stickycluster.internal.balance;

import io.stickycluster.spi.BalancerProvider;
import io.stickycluster.spi.HashStrategy;
import java.util.function.IntToLongFunction;

/**
 * What a {@link HashRouter} is made of.
 *
 * @param strategy hashes keys
 * @param balancer maps hashes to indexes
 * @param workers the number of workers, at least 1
 * @param keyForm the form in which addresses are hashed
 * @param ipv4PrefixBits how many leading bits of an IPv4 address tell a client, 0 to 32
 * @param ipv6PrefixBits how many leading bits of an IPv6 address tell a client, 0 to 128
 * @param openConnections the number of connections now open on the worker of an index, for
 *     balancers that look at load
 */
public record RouterSettings(
    HashStrategy strategy,
    BalancerProvider balancer,
    int workers,
    KeyForm keyForm,
    int ipv4PrefixBits,
    int ipv6PrefixBits,
    IntToLongFunction openConnections) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RouterSettings {
    Workers.check(workers);
    checkPrefix("IPv4", ipv4PrefixBits, 32);
    checkPrefix("IPv6", ipv6PrefixBits, 128);
  }

  private static void checkPrefix(String family, int bits, int max) {
    if (bits < 0 || bits > max) {
      throw new IllegalArgumentException(
          "the %s prefix must have 0 to %d bits: %d".formatted(family, max, bits));
    }
  }

  /** Returns settings that hash the bytes of whole addresses. */
  public static RouterSettings of(HashStrategy strategy, BalancerProvider balancer, int workers) {
    return new RouterSettings(strategy, balancer, workers, KeyForm.BYTES, 32, 128, index -> 0);
  }

  /** Returns these settings with another number of workers. */
  public RouterSettings withWorkers(int count) {
    return new RouterSettings(
        strategy, balancer, count, keyForm, ipv4PrefixBits, ipv6PrefixBits, openConnections);
  }

  /** Returns these settings with another key form. */
  public RouterSettings withKeyForm(KeyForm form) {
    return new RouterSettings(
        strategy, balancer, workers, form, ipv4PrefixBits, ipv6PrefixBits, openConnections);
  }

  /** Returns these settings with other prefixes, so that a network counts as one client. */
  public RouterSettings withPrefixes(int ipv4Bits, int ipv6Bits) {
    return new RouterSettings(
        strategy, balancer, workers, keyForm, ipv4Bits, ipv6Bits, openConnections);
  }

  /** Returns these settings with a source of the load of workers. */
  public RouterSettings withOpenConnections(IntToLongFunction count) {
    return new RouterSettings(
        strategy, balancer, workers, keyForm, ipv4PrefixBits, ipv6PrefixBits, count);
  }
}
