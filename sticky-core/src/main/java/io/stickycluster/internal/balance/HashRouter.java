package io.stickycluster.internal.balance;

import io.stickycluster.Balancer;
import io.stickycluster.spi.BalancerProvider;
import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The router made of a hash strategy and a balancer. Safe for use by several threads; does not
 * allocate per call.
 */
public final class HashRouter implements Router {

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int MAPPED_IPV4_OFFSET = 12;
  private static final byte[] MAPPED_PREFIX = {':', ':', 'f', 'f', 'f', 'f', ':'};

  /** Room for a masked address and, behind it, for its text. */
  private static final ThreadLocal<byte[]> SCRATCH =
      ThreadLocal.withInitial(() -> new byte[IPV6_BYTES + AddressText.MAX_BYTES]);

  private final RouterSettings settings;
  private final RouterFaults faults;
  private final HashStrategy strategy;
  private final Balancer balancer;
  private final int workers;
  private final PrefixMask ipv4Mask;
  private final PrefixMask ipv6Mask;
  private final boolean hashesText;

  /**
   * Makes a router.
   *
   * @throws IllegalArgumentException if the balancer can't serve that many workers
   */
  public HashRouter(RouterSettings settings) {
    this(settings, new RouterFaults());
  }

  private HashRouter(RouterSettings settings, RouterFaults faults) {
    this.settings = settings;
    this.faults = faults;
    strategy = settings.strategy();
    workers = settings.workers();
    balancer = balancer(settings.balancer());
    ipv4Mask = new PrefixMask(IPV4_BYTES, settings.ipv4PrefixBits());
    ipv6Mask = new PrefixMask(IPV6_BYTES, settings.ipv6PrefixBits());
    hashesText = settings.keyForm() != KeyForm.BYTES;
  }

  private Balancer balancer(BalancerProvider provider) {
    Balancer made = provider.create(workers, settings.openConnections());
    if (made.workers() != workers) {
      throw new IllegalArgumentException(
          "balancer '%s' was asked for %d workers and serves %d"
              .formatted(provider.name(), workers, made.workers()));
    }
    return made;
  }

  /** Returns the same router for another number of workers; it goes on counting faults. */
  public HashRouter withWorkers(int count) {
    return new HashRouter(settings.withWorkers(count), faults);
  }

  /** Returns what this router is made of. */
  public RouterSettings settings() {
    return settings;
  }

  /** Returns how many keys went to index 0 so far because the strategy or the balancer failed. */
  public long faults() {
    return faults.count();
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int indexOfAddress(byte[] address, int offset, int length) {
    int hash;
    try {
      hash = hashOfAddress(address, offset, length);
    } catch (Throwable e) { // whatever a plugged-in strategy throws, the master lives
      faults.strategyFailed(strategy.name(), e);
      return 0;
    }
    return indexOfHash(hash);
  }

  @Override
  public int indexOfText(byte[] key, int offset, int length) {
    int hash;
    try {
      hash = strategy.hashText(key, offset, length);
    } catch (Throwable e) { // as above
      faults.strategyFailed(strategy.name(), e);
      return 0;
    }
    return indexOfHash(hash);
  }

  private int indexOfHash(int hash) {
    int index;
    try {
      index = balancer.index(hash);
    } catch (Throwable e) { // as above
      faults.balancerFailed(settings.balancer().name(), e);
      return 0;
    }
    if (index < 0 || index >= workers) {
      faults.outOfRange(settings.balancer().name(), index, workers);
      return 0;
    }
    return index;
  }

  private int hashOfAddress(byte[] address, int offset, int length) {
    if (length == IPV4_BYTES) {
      return hashOfIpv4(address, offset);
    }
    if (length == IPV6_BYTES) {
      return isMapped(address, offset)
          ? hashOfIpv4(address, offset + MAPPED_IPV4_OFFSET)
          : hashOfIpv6(address, offset);
    }
    // Not an address, such as that of a socket that is already closed: the original hashes "".
    return hashesText
        ? strategy.hashText(address, offset, length)
        : strategy.hash(address, offset, length);
  }

  private int hashOfIpv4(byte[] address, int offset) {
    byte[] key = address;
    int at = offset;
    if (!ipv4Mask.keepsAll()) {
      key = SCRATCH.get();
      at = 0;
      ipv4Mask.apply(address, offset, key);
    }
    return hashesText ? hashOfIpv4Text(key, at) : strategy.hash(key, at, IPV4_BYTES);
  }

  private int hashOfIpv4Text(byte[] address, int offset) {
    byte[] scratch = SCRATCH.get();
    int at = IPV6_BYTES;
    if (settings.keyForm() == KeyForm.NODE_TEXT) {
      System.arraycopy(MAPPED_PREFIX, 0, scratch, at, MAPPED_PREFIX.length);
      at += MAPPED_PREFIX.length;
    }
    int end = AddressText.writeIpv4(address, offset, scratch, at);
    return strategy.hashText(scratch, IPV6_BYTES, end - IPV6_BYTES);
  }

  private int hashOfIpv6(byte[] address, int offset) {
    byte[] key = address;
    int at = offset;
    if (!ipv6Mask.keepsAll()) {
      key = SCRATCH.get();
      at = 0;
      ipv6Mask.apply(address, offset, key);
    }
    if (!hashesText) {
      return strategy.hash(key, at, IPV6_BYTES);
    }
    byte[] scratch = SCRATCH.get();
    int end = AddressText.writeIpv6(key, at, scratch, IPV6_BYTES);
    return strategy.hashText(scratch, IPV6_BYTES, end - IPV6_BYTES);
  }

  private static boolean isMapped(byte[] address, int offset) {
    if (address[offset + 10] != -1 || address[offset + 11] != -1) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (address[offset + i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Optional<SteeringProgram> steering(int addressLength) {
    if (steeringObstacle().isPresent()) {
      return Optional.empty();
    }
    PrefixMask mask = addressLength == IPV4_BYTES ? ipv4Mask : ipv6Mask;
    return strategy
        .steering(addressLength)
        .map(mask::apply)
        .flatMap(hash -> balancer.steering().map(hash::then));
  }

  @Override
  public Optional<String> steeringObstacle() {
    if (hashesText) {
      return Optional.of("addresses are hashed as text (key form '" + settings.keyForm() + "')");
    }
    return obstacle("hash strategy", strategy.name(), () -> strategy.steering(IPV4_BYTES))
        .or(() -> obstacle("hash strategy", strategy.name(), () -> strategy.steering(IPV6_BYTES)))
        .or(() -> obstacle("balancer", settings.balancer().name(), balancer::steering));
  }

  private static Optional<String> obstacle(
      String what, String name, Supplier<Optional<SteeringProgram>> program) {
    try {
      return program.get().isPresent()
          ? Optional.empty()
          : Optional.of("%s '%s' can't be computed by the kernel".formatted(what, name));
    } catch (RuntimeException e) {
      return Optional.of("%s '%s' failed to tell its arithmetic: %s".formatted(what, name, e));
    }
  }
}
