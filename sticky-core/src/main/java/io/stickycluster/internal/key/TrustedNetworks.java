package io.stickycluster.internal.key;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The networks whose hosts are believed when they tell a client's address. Immutable and safe for
 * use by several threads; never asks DNS.
 */
public final class TrustedNetworks {

  private static final Map<String, String> NAMED =
      Map.of(
          "loopback", "127.0.0.0/8,::1",
          "private", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7");

  /** Trusts nobody. */
  public static final TrustedNetworks NONE = of(List.of());

  /** Trusts this host only, where a proxy on the same host connects from. */
  public static final TrustedNetworks LOOPBACK = of(List.of("loopback"));

  private final String text;
  private final List<Network> networks;

  private TrustedNetworks(String text, List<Network> networks) {
    this.text = text;
    this.networks = List.copyOf(networks);
  }

  /**
   * Reads a list of networks, as one text with commas between; blank trusts nobody.
   *
   * @throws IllegalArgumentException if an entry is none of those {@link #of} takes
   */
  public static TrustedNetworks parse(String list) {
    return of(list.isBlank() ? List.of() : List.of(list.split(",", -1)));
  }

  /**
   * Reads networks.
   *
   * @param entries addresses ({@code 192.0.2.1}, {@code 2001:db8::1}), networks in CIDR notation
   *     ({@code 10.0.0.0/8}) or the names {@code loopback} and {@code private}; none trusts nobody
   * @throws IllegalArgumentException if an entry is none of these
   */
  public static TrustedNetworks of(List<String> entries) {
    List<Network> networks = new ArrayList<>();
    for (String entry : entries) {
      add(networks, entry.strip());
    }
    return new TrustedNetworks(String.join(",", entries), networks);
  }

  private static void add(List<Network> networks, String entry) {
    String named = NAMED.get(entry);
    if (named == null) {
      networks.add(Network.parse(entry));
      return;
    }
    for (String network : named.split(",", -1)) {
      networks.add(Network.parse(network));
    }
  }

  /** Returns whether nobody is trusted. */
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /** Returns whether one of the networks has this address; IPv4-mapped IPv6 counts as IPv4. */
  public boolean contains(InetAddress address) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] bytes = Addresses.bytes(address);
    for (int i = 0; i < networks.size(); i++) {
      if (networks.get(i).contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return text;
  }

  private static final class Network {

    private final byte[] address;
    private final int prefixBits;

    Network(byte[] address, int prefixBits) {
      this.address = address;
      this.prefixBits = prefixBits;
    }

    static Network parse(String entry) {
      int slash = entry.indexOf('/');
      String host = slash < 0 ? entry : entry.substring(0, slash);
      // Guava would look a zone up among this host's interfaces.
      if (host.indexOf('%') >= 0 || !InetAddresses.isInetAddress(host)) {
        throw new IllegalArgumentException(
            "'"
                + entry
                + "' is not a trusted network: write an IP address, a network such as 10.0.0.0/8"
                + " or fd00::/8, loopback or private");
      }
      boolean mapped = host.indexOf(':') >= 0;
      byte[] address = Addresses.bytes(InetAddresses.forString(host));
      mapped &= address.length == 4;
      int hiddenBits = mapped ? 96 : 0;
      int maxBits = hiddenBits + address.length * 8;
      int bits = slash < 0 ? maxBits : prefix(entry, slash, hiddenBits, maxBits);
      Network network = new Network(address, bits - hiddenBits);
      if (!Arrays.equals(network.masked(), address)) {
        throw new IllegalArgumentException(
            "'%s' has bits set behind its prefix: write %s/%d for the network or %s for the host"
                .formatted(
                    entry,
                    InetAddresses.toAddrString(Addresses.of(network.masked())),
                    network.prefixBits,
                    host));
      }
      return network;
    }

    private static int prefix(String entry, int slash, int min, int max) {
      String digits = entry.substring(slash + 1);
      if (digits.matches("[0-9]{1,3}")) {
        int bits = Integer.parseInt(digits);
        if (bits >= min && bits <= max) {
          return bits;
        }
      }
      throw new IllegalArgumentException(
          "'%s' is not a trusted network: its prefix length must be from %d to %d"
              .formatted(entry, min, max));
    }

    private byte[] masked() {
      byte[] masked = address.clone();
      for (int i = 0; i < masked.length; i++) {
        masked[i] &= (byte) mask(i);
      }
      return masked;
    }

    private int mask(int index) {
      int bits = Math.max(0, Math.min(8, prefixBits - index * 8));
      return 0xff00 >>> bits & 0xff;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int i = 0; i * 8 < prefixBits; i++) {
        if (((address[i] ^ other[i]) & mask(i)) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
