package io.stickycluster.internal.balance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stickycluster.Balancer;
import io.stickycluster.spi.Allocation;
import io.stickycluster.spi.BalancerProvider;
import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.AddressWord;
import io.stickycluster.spi.SteeringProgram.CombineRegister;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Store;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HashRouterTest {

  private static final int WORKERS = 1_000;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void readLog() {
    log.start();
    ((Logger) LoggerFactory.getLogger(HashRouter.class)).addAppender(log);
  }

  @AfterEach
  void leaveLog() {
    ((Logger) LoggerFactory.getLogger(HashRouter.class)).detachAppender(log);
  }

  @Property
  void theAddressAnywhereInTheArrayIsHashedByItsBytes(
      @ForAll @Size(16) byte[] address, @ForAll @IntRange(max = 30) int offset) {
    HashRouter router = new HashRouter(settings(new Sum()));
    byte[] padded = new byte[offset + 20];
    System.arraycopy(address, 0, padded, offset, 16);
    assertThat(router.indexOfAddress(padded, offset, 16))
        .isEqualTo(new Sum().hash(address, 0, 16) % WORKERS);
    assertThat(router.indexOfAddress(padded, offset, 4))
        .isEqualTo(new Sum().hash(address, 0, 4) % WORKERS);
  }

  @Property
  void mappedIpv6IsIpv4InEveryForm(@ForAll @Size(4) byte[] ipv4) {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = -1;
    System.arraycopy(ipv4, 0, mapped, 12, 4);
    for (KeyForm form : KeyForm.values()) {
      HashRouter router =
          new HashRouter(settings(new Sum()).withKeyForm(form).withPrefixes(20, 56));
      assertThat(router.indexOfAddress(mapped, 0, 16)).isEqualTo(router.indexOfAddress(ipv4, 0, 4));
    }
  }

  @Test
  void textKeysReadAsNodePrintsThem() {
    byte[] ipv4 = {(byte) 192, 0, 2, 1};
    byte[] ipv6 = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    assertKey(KeyForm.TEXT, ipv4, "192.0.2.1");
    assertKey(KeyForm.NODE_TEXT, ipv4, "::ffff:192.0.2.1");
    assertKey(KeyForm.TEXT, ipv6, "2001:db8::1");
    assertKey(KeyForm.NODE_TEXT, ipv6, "2001:db8::1");
    assertKey(KeyForm.NODE_TEXT, new byte[0], "");
  }

  private static void assertKey(KeyForm form, byte[] address, String text) {
    HashRouter router = new HashRouter(settings(new Sum()).withKeyForm(form));
    byte[] key = text.getBytes(US_ASCII);
    assertThat(router.indexOfAddress(address, 0, address.length))
        .isEqualTo(router.indexOfText(key, 0, key.length))
        .isEqualTo(new Sum().hashText(key, 0, key.length) % WORKERS);
  }

  @Test
  void aPrefixMakesANetworkOneClient() {
    HashRouter router = new HashRouter(settings(new Sum()).withPrefixes(23, 64));
    assertThat(router.indexOfAddress(new byte[] {10, 0, 2, 7}, 0, 4))
        .isEqualTo(router.indexOfAddress(new byte[] {10, 0, 3, 99}, 0, 4))
        .isNotEqualTo(router.indexOfAddress(new byte[] {10, 0, 4, 7}, 0, 4));
    byte[] ipv6 = new byte[16];
    ipv6[7] = 1;
    int index = router.indexOfAddress(ipv6, 0, 16);
    ipv6[8] = 5;
    ipv6[15] = 77;
    assertThat(router.indexOfAddress(ipv6, 0, 16)).isEqualTo(index);
    ipv6[7] = 2;
    assertThat(router.indexOfAddress(ipv6, 0, 16)).isNotEqualTo(index);
  }

  @Test
  void prefixesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> settings(new Sum()).withPrefixes(33, 128))
        .hasMessage("the IPv4 prefix must have 0 to 32 bits: 33");
    assertThatThrownBy(() -> settings(new Sum()).withPrefixes(32, -1))
        .hasMessage("the IPv6 prefix must have 0 to 128 bits: -1");
  }

  @Property(tries = 200)
  void theKernelComputesTheSameIndexBehindAnyPrefix(
      @ForAll @Size(16) byte[] address,
      @ForAll @IntRange(max = 32) int ipv4Bits,
      @ForAll @IntRange(max = 128) int ipv6Bits) {
    HashRouter router = new HashRouter(settings(new Sum()).withPrefixes(ipv4Bits, ipv6Bits));
    assertThat(router.steering(16).orElseThrow().run(address))
        .isEqualTo(router.indexOfAddress(address, 0, 16));
    byte[] ipv4 = java.util.Arrays.copyOf(address, 4);
    assertThat(router.steering(4).orElseThrow().run(ipv4))
        .isEqualTo(router.indexOfAddress(ipv4, 0, 4));
  }

  @Test
  void theFirstObstacleToSteeringIsNamed() {
    assertThat(new HashRouter(settings(new Sum())).steeringObstacle()).isEmpty();
    assertObstacle(
        settings(new Sum()).withKeyForm(KeyForm.NODE_TEXT),
        "addresses are hashed as text (key form 'node-text')");
    assertObstacle(settings(hash("plain", key -> 1)), "hash strategy 'plain' can't be computed");
    assertObstacle(
        RouterSettings.of(new Sum(), Balancers.load().require(Balancers.ROUND_ROBIN), 3),
        "balancer 'round-robin' can't be computed");
  }

  private static void assertObstacle(RouterSettings settings, String start) {
    HashRouter router = new HashRouter(settings);
    assertThat(router.steeringObstacle().orElseThrow()).startsWith(start);
    assertThat(router.steering(4)).isEmpty();
    assertThat(router.steering(16)).isEmpty();
  }

  @Test
  void aStrategyThatThrowsIsNamedOnceAndItsClientsGoToIndexZero() {
    HashRouter router =
        new HashRouter(
            settings(
                hash(
                    "broken",
                    length -> {
                      throw new StackOverflowError("too deep");
                    })));
    for (int i = 0; i < 3; i++) {
      assertThat(router.indexOfAddress(new byte[4], 0, 4)).isZero();
    }
    assertThat(router.indexOfText(new byte[4], 0, 4)).isZero();
    assertThat(router.faults()).isEqualTo(4);
    assertThat(log.list)
        .singleElement()
        .extracting(e -> e.getFormattedMessage())
        .asString()
        .startsWith("hash strategy 'broken' failed: its clients go to worker index 0");
  }

  @Test
  void aBalancerOutOfRangeOrThrowingIsNamedOnceAndItsClientsGoToIndexZero() {
    for (IntUnaryOperator index :
        new IntUnaryOperator[] {
          hash -> -1,
          hash -> WORKERS,
          hash -> {
            throw new IllegalStateException("lost");
          }
        }) {
      log.list.clear();
      HashRouter router =
          new HashRouter(RouterSettings.of(new Sum(), balancer("broken", index), WORKERS));
      assertThat(router.indexOfAddress(new byte[4], 0, 4)).isZero();
      assertThat(router.withWorkers(WORKERS).indexOfAddress(new byte[16], 0, 16)).isZero();
      assertThat(router.faults()).isEqualTo(2);
      assertThat(log.list)
          .singleElement()
          .extracting(e -> e.getFormattedMessage())
          .asString()
          .startsWith("balancer 'broken' ");
    }
  }

  @Test
  void aBalancerForAnotherNumberOfWorkersIsRefused() {
    BalancerProvider provider = balancer("stubborn", hash -> 0);
    assertThatThrownBy(() -> new HashRouter(RouterSettings.of(new Sum(), provider, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("balancer 'stubborn' was asked for 5 workers and serves 1000");
  }

  @Test
  void routingAllocatesNothing() {
    byte[][] addresses = new byte[64][16];
    Random random = new Random(7);
    for (byte[] address : addresses) {
      random.nextBytes(address);
    }
    for (KeyForm form : KeyForm.values()) {
      HashRouter router =
          new HashRouter(settings(new Sum()).withKeyForm(form).withPrefixes(24, 64));
      Allocation.assertNone(
          i ->
              router.indexOfAddress(addresses[i & 63], 0, 16)
                  + router.indexOfAddress(addresses[i & 63], 0, 4));
    }
  }

  private static RouterSettings settings(HashStrategy strategy) {
    return RouterSettings.of(strategy, Balancers.load().require(Balancers.MODULO), WORKERS);
  }

  private static HashStrategy hash(String name, IntUnaryOperator ofLength) {
    return new HashStrategy() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public int hash(byte[] key, int offset, int length) {
        return ofLength.applyAsInt(length);
      }
    };
  }

  private static BalancerProvider balancer(String name, IntUnaryOperator index) {
    return new BalancerProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Balancer create(int workers, IntToLongFunction openConnections) {
        return new Balancer() {
          @Override
          public int workers() {
            return WORKERS;
          }

          @Override
          public int index(int hash) {
            return index.applyAsInt(hash);
          }
        };
      }
    };
  }

  /** Adds the bytes up, in a way that shows whether they were read as text. */
  private static final class Sum implements HashStrategy {
    @Override
    public String name() {
      return "sum";
    }

    @Override
    public int hash(byte[] key, int offset, int length) {
      int sum = 0;
      for (int i = 0; i < length; i++) {
        sum += key[offset + i] & 0xff;
      }
      return sum;
    }

    @Override
    public int hashText(byte[] key, int offset, int length) {
      return 500 + hash(key, offset, length);
    }

    /** Reads all but the last four bytes one by one, these as a word. */
    @Override
    public Optional<SteeringProgram> steering(int addressLength) {
      SteeringProgram program = SteeringProgram.of();
      for (int i = 0; i < addressLength - 4; i++) {
        program = program.then(plus(SteeringProgram.of(new AddressByte(i))));
      }
      for (int shift = 0; shift < 32; shift += 8) {
        program =
            program.then(
                plus(
                    SteeringProgram.of(
                        new AddressWord(addressLength - 4),
                        new SteeringProgram.Combine(Operation.SHIFT_RIGHT, shift),
                        new SteeringProgram.Combine(Operation.AND, 0xff))));
      }
      return Optional.of(program);
    }

    private static SteeringProgram plus(SteeringProgram summand) {
      return summand.then(SteeringProgram.of(new CombineRegister(Operation.ADD, 0), new Store(0)));
    }
  }
}
