package io.stickycluster.spi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every hash strategy must keep, the built-in ones and own ones; extend it to hold yours. */
public abstract class HashStrategyContract {

  private static final int ADDRESSES = 1_000;
  private static final List<byte[]> KEYS = keys();

  private final HashStrategy strategy;

  protected HashStrategyContract(HashStrategy strategy) {
    this.strategy = strategy;
  }

  @Test
  void itHasANameThatFitsACommandLine() {
    assertThat(strategy.name()).matches("[a-z0-9][a-z0-9._-]*");
  }

  @Test
  void itWorksHere() {
    assertThat(strategy.unavailable()).isEmpty();
  }

  @Test
  void theSameBytesGiveTheSameNumber() throws Exception {
    HashStrategy other = strategy.getClass().getConstructor().newInstance();
    for (byte[] key : KEYS) {
      int hash = strategy.hash(key, 0, key.length);
      assertThat(strategy.hash(key, 0, key.length)).isEqualTo(hash);
      assertThat(other.hash(key, 0, key.length)).isEqualTo(hash);
    }
  }

  @Test
  void onlyTheBytesFromOffsetToLengthCount() {
    for (byte[] key : KEYS) {
      byte[] padded = new byte[key.length + 24];
      Arrays.fill(padded, (byte) 0x5a);
      System.arraycopy(key, 0, padded, 11, key.length);
      assertThat(strategy.hash(padded, 11, key.length))
          .isEqualTo(strategy.hash(key, 0, key.length));
      assertThat(strategy.hashText(padded, 11, key.length))
          .isEqualTo(strategy.hashText(key, 0, key.length));
    }
  }

  @Test
  void theKeyIsLeftAsItIs() {
    for (byte[] key : KEYS) {
      byte[] before = key.clone();
      strategy.hash(key, 0, key.length);
      strategy.hashText(key, 0, key.length);
      assertThat(key).isEqualTo(before);
    }
  }

  @Test
  void aKeyWithoutBytesHasAHash() {
    int hash = strategy.hash(new byte[0], 0, 0);
    assertThat(strategy.hash(new byte[8], 8, 0)).isEqualTo(hash);
    int textHash = strategy.hashText(new byte[0], 0, 0);
    assertThat(strategy.hashText(new byte[8], 8, 0)).isEqualTo(textHash);
  }

  @Test
  void everyBitOfAnAddressCounts() {
    byte[] address = {10, 1, 2, 3};
    int hash = strategy.hash(address, 0, 4);
    for (int bit = 0; bit < 32; bit++) {
      byte[] neighbour = address.clone();
      neighbour[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(strategy.hash(neighbour, 0, 4)).as("bit %d", bit).isNotEqualTo(hash);
    }
  }

  @Test
  void threadsAgree() throws Exception {
    int[] expected = hashes();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<int[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        tasks.add(this::hashes);
      }
      for (Future<int[]> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSeedChangesTheHashIfItSaysSo() {
    byte[] key = "192.0.2.1".getBytes(US_ASCII);
    if (strategy.isSeedable()) {
      assertThat(strategy.seeded(1).hash(key, 0, key.length))
          .isEqualTo(strategy.seeded(1).hash(key, 0, key.length))
          .isNotEqualTo(strategy.seeded(2).hash(key, 0, key.length));
      assertThat(strategy.seeded(1).name()).isEqualTo(strategy.name());
    } else {
      assertThat(strategy.seeded(1)).isSameAs(strategy);
    }
  }

  @Test
  void theKernelComputesTheSame() {
    assertSteering(strategy);
    if (strategy.isSeedable()) {
      assertSteering(strategy.seeded(123_456_789));
    }
  }

  private static void assertSteering(HashStrategy strategy) {
    assertThat(strategy.steering(4).isPresent()).isEqualTo(strategy.steering(16).isPresent());
    for (int length : new int[] {4, 16}) {
      strategy
          .steering(length)
          .ifPresent(
              program -> {
                for (byte[] address : addresses(length)) {
                  assertThat(program.run(address)).isEqualTo(strategy.hash(address, 0, length));
                }
              });
    }
  }

  /** Once it is compiled: some results of the libraries live on the stack only then. */
  @Test
  void hashingAllocatesNothing() {
    byte[] ipv4 = {10, 1, 2, 3};
    byte[] ipv6 = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    byte[] text = "2001:db8::8a2e:370:7334".getBytes(US_ASCII);
    Allocation.assertNone(
        i -> {
          ipv4[3] = (byte) i;
          ipv6[15] = (byte) i;
          return strategy.hash(ipv4, 0, 4)
              ^ strategy.hash(ipv6, 0, 16)
              ^ strategy.hashText(text, 0, text.length);
        });
  }

  private int[] hashes() {
    return KEYS.stream().mapToInt(key -> strategy.hash(key, 0, key.length)).toArray();
  }

  private static List<byte[]> addresses(int length) {
    Random random = new Random(length);
    List<byte[]> addresses = new ArrayList<>();
    for (int i = 0; i < ADDRESSES; i++) {
      byte[] address = new byte[length];
      random.nextBytes(address);
      addresses.add(address);
    }
    addresses.add(new byte[length]);
    return addresses;
  }

  private static List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>(addresses(4));
    keys.addAll(addresses(16));
    for (int length = 0; length < 200; length++) {
      keys.add(addresses(length).get(0));
    }
    keys.add("session=naïve–😀".getBytes(UTF_8));
    return keys;
  }
}
