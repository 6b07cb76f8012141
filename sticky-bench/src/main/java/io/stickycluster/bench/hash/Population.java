package io.stickycluster.bench.hash;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stickycluster.internal.balance.AddressText;
import io.stickycluster.internal.balance.KeyForm;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * The keys of a number of clients, one behind the other in one array. Immutable by convention: the
 * arrays are shared.
 */
final class Population {

  private static final byte[] DOCUMENTATION_NET_64 = {0x20, 1, 0xd, (byte) 0xb8, 0, 1, 0, 2};
  private static final int BLOCK_16 = 1 << 16;
  private static final int ZIPF_CONNECTIONS_PER_CLIENT = 10;

  private final String name;
  private final byte[] keys;
  private final int[] ends;
  private final boolean isText;

  private Population(String name, byte[] keys, int[] ends, boolean isText) {
    this.name = name;
    this.keys = keys;
    this.ends = ends;
    this.isText = isText;
  }

  /** Returns what kind of clients they are. */
  String name() {
    return name;
  }

  /** Returns the number of keys. */
  int count() {
    return ends.length;
  }

  /** Returns the bytes of all keys. */
  byte[] keys() {
    return keys;
  }

  /** Returns where each key ends in {@link #keys()}. */
  int[] ends() {
    return ends;
  }

  /** Returns whether the keys are text rather than addresses of 4 or 16 bytes. */
  boolean isText() {
    return isText;
  }

  /**
   * Returns the original benchmark's addresses: random IPv4 and IPv6 ones by turns, IPv6 written
   * with all its digits.
   */
  static Population mixedAsOriginal(Random random, int count) {
    Builder text = new Builder(count);
    byte[] address = new byte[16];
    for (int i = 0; i < count; i++) {
      random.nextBytes(address);
      if (i % 2 == 0) {
        text.addText(fullIpv6(address));
      } else {
        text.add(KeyForm.TEXT, address, 4);
      }
    }
    return text.build("mixed", true);
  }

  /** Returns addresses like those of {@link #mixedAsOriginal}, as bytes. */
  static Population mixed(Random random, int count) {
    Builder keys = new Builder(count);
    byte[] address = new byte[16];
    for (int i = 0; i < count; i++) {
      random.nextBytes(address);
      keys.add(KeyForm.BYTES, address, i % 2 == 0 ? 16 : 4);
    }
    return keys.build("mixed", false);
  }

  static Population randomIpv4(Random random, int count, KeyForm form) {
    return random("random IPv4", random, count, form, 4);
  }

  static Population randomIpv6(Random random, int count, KeyForm form) {
    return random("random IPv6", random, count, form, 16);
  }

  private static Population random(
      String name, Random random, int count, KeyForm form, int length) {
    Builder keys = new Builder(count);
    byte[] address = new byte[length];
    for (int i = 0; i < count; i++) {
      random.nextBytes(address);
      keys.add(form, address, length);
    }
    return keys.build(name, form != KeyForm.BYTES);
  }

  /** Returns the neighbours of 10.0.0.0/16, at most all of them. */
  static Population block(int count, KeyForm form) {
    int neighbours = Math.min(count, BLOCK_16);
    Builder keys = new Builder(neighbours);
    for (int i = 0; i < neighbours; i++) {
      keys.add(form, new byte[] {10, 0, (byte) (i >> 8), (byte) i}, 4);
    }
    return keys.build("10.0.0.0/16", form != KeyForm.BYTES);
  }

  /** Returns addresses that end in 1, as routers' do, no one twice. */
  static Population gateways(Random random, int count, KeyForm form) {
    Builder keys = new Builder(count);
    Set<Integer> networks = new HashSet<>();
    while (networks.size() < Math.min(count, 1 << 23)) {
      int network = random.nextInt(1 << 24);
      if (networks.add(network)) {
        byte[] address = {(byte) (network >> 16), (byte) (network >> 8), (byte) network, 1};
        keys.add(form, address, 4);
      }
    }
    return keys.build("gateways x.y.z.1", form != KeyForm.BYTES);
  }

  /** Returns hosts of one IPv6 network. */
  static Population network64(Random random, int count, KeyForm form) {
    Builder keys = new Builder(count);
    byte[] address = new byte[16];
    for (int i = 0; i < count; i++) {
      random.nextBytes(address);
      System.arraycopy(DOCUMENTATION_NET_64, 0, address, 0, DOCUMENTATION_NET_64.length);
      keys.add(form, address, 16);
    }
    return keys.build("one IPv6 /64", form != KeyForm.BYTES);
  }

  /**
   * Returns connections of random IPv4 clients, ten a client on average, the client of rank r 1/r
   * times as often as the first one: a few proxies with many users and many single users.
   */
  static Population zipf(Random random, int count, KeyForm form) {
    int clients = Math.max(1, count / ZIPF_CONNECTIONS_PER_CLIENT);
    double[] cumulated = new double[clients];
    double sum = 0;
    for (int rank = 0; rank < clients; rank++) {
      sum += 1.0 / (rank + 1);
      cumulated[rank] = sum;
    }
    byte[][] addresses = new byte[clients][4];
    for (byte[] address : addresses) {
      random.nextBytes(address);
    }
    Builder keys = new Builder(count);
    for (int i = 0; i < count; i++) {
      int found = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
      keys.add(form, addresses[Math.min(found < 0 ? -found - 1 : found, clients - 1)], 4);
    }
    return keys.build("Zipf-weighted", form != KeyForm.BYTES);
  }

  private static String fullIpv6(byte[] address) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 16; i += 2) {
      text.append(i == 0 ? "" : ":");
      text.append(Character.forDigit(address[i] >> 4 & 0xf, 16));
      text.append(Character.forDigit(address[i] & 0xf, 16));
      text.append(Character.forDigit(address[i + 1] >> 4 & 0xf, 16));
      text.append(Character.forDigit(address[i + 1] & 0xf, 16));
    }
    return text.toString();
  }

  /** Puts keys one behind the other. */
  private static final class Builder {
    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private final byte[] scratch = new byte[AddressText.MAX_BYTES + MAPPED.length()];
    private final int[] ends;
    private int count;

    private static final String MAPPED = "::ffff:";

    Builder(int capacity) {
      ends = new int[capacity];
    }

    void addText(String text) {
      keys.writeBytes(text.getBytes(US_ASCII));
      ends[count++] = keys.size();
    }

    void add(KeyForm form, byte[] address, int length) {
      if (form == KeyForm.BYTES) {
        keys.write(address, 0, length);
      } else if (length == 16) {
        keys.write(scratch, 0, AddressText.writeIpv6(address, 0, scratch, 0));
      } else {
        if (form == KeyForm.NODE_TEXT) {
          keys.writeBytes(MAPPED.getBytes(US_ASCII));
        }
        keys.write(scratch, 0, AddressText.writeIpv4(address, 0, scratch, 0));
      }
      ends[count++] = keys.size();
    }

    Population build(String name, boolean isText) {
      return new Population(name, keys.toByteArray(), Arrays.copyOf(ends, count), isText);
    }
  }
}
