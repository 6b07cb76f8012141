package io.stickycluster.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.Balancer;
import io.stickycluster.spi.BalancerProvider;
import io.stickycluster.spi.HashStrategy;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashStrategiesTest {

  @TempDir Path directory;

  @Test
  void ofTwoOfOneNameTheHigherPriorityWinsWhateverTheOrder() throws IOException {
    for (List<Class<?>> order :
        List.<List<Class<?>>>of(List.of(Low.class, High.class), List.of(High.class, Low.class))) {
      HashStrategies strategies = load(order.toArray(Class<?>[]::new));
      assertThat(strategies.require("twin")).isInstanceOf(High.class);
      assertThat(strategies.remarks())
          .singleElement()
          .asString()
          .contains("'twin' means " + High.class.getName(), Low.class.getName(), "left out");
    }
  }

  @Test
  void ofTwoOfOneNameAndPriorityTheFirstClassNameWins() throws IOException {
    assertThat(load(LowToo.class, Low.class).require("twin")).isInstanceOf(Low.class);
  }

  @Test
  void anUnavailableOneYieldsToOneThatWorksAndIsExplained() throws IOException {
    HashStrategies strategies = load(Unavailable.class, Low.class);
    assertThat(strategies.require("twin")).isInstanceOf(Low.class);
    assertThat(strategies.remarks())
        .containsExactly(
            Unavailable.class.getName() + " ('twin') is unavailable: the moon is full");
  }

  @Test
  void askingForAnUnavailableOneTellsWhy() throws IOException {
    HashStrategies strategies = load(Unavailable.class);
    assertThat(strategies.names()).isEmpty();
    assertThatThrownBy(() -> strategies.require("twin"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hash strategy 'twin' can't work here: the moon is full");
  }

  @Test
  void oneThatFailsToLoadCostsOnlyItself() throws IOException {
    HashStrategies strategies =
        load(Throwing.class, Nameless.class, Blank.class, HashStrategiesTest.class, Seeded.class);
    assertThat(strategies.names()).containsExactly("seeded");
    assertThat(strategies.remarks())
        .hasSize(4)
        .allSatisfy(remark -> assertThat(remark).startsWith("left out: "))
        .anySatisfy(remark -> assertThat(remark).contains(Throwing.class.getName()))
        .anySatisfy(remark -> assertThat(remark).contains(Nameless.class.getName()))
        .anySatisfy(remark -> assertThat(remark).contains(Blank.class.getName()))
        .anySatisfy(remark -> assertThat(remark).contains("not a subtype"));
  }

  @Test
  void anUnknownNameIsAnsweredWithWhatThereIsAndWhatToAdd() throws IOException {
    HashStrategies some = load(Low.class, Seeded.class);
    assertThatThrownBy(() -> some.require("djb3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no hash strategy 'djb3': there are seeded, twin; add the artifact"
                + " io.stickycluster:sticky-hash or a jar with an own one");
    HashStrategies none = load();
    assertThatThrownBy(() -> none.require("djb2"))
        .hasMessage(
            "no hash strategy 'djb2': there is none at all; add the artifact"
                + " io.stickycluster:sticky-hash");
  }

  @Test
  void aSeedReachesAStrategyThatTakesOneAndIsRefusedElsewhere() throws IOException {
    HashStrategies strategies = load(Low.class, Seeded.class);
    assertThat(strategies.require("seeded", OptionalLong.of(7)).hash(new byte[0], 0, 0))
        .isEqualTo(7);
    assertThat(strategies.require("seeded", OptionalLong.empty()).hash(new byte[0], 0, 0)).isZero();
    assertThatThrownBy(() -> strategies.require("twin", OptionalLong.of(7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hash strategy 'twin' takes no seed");
  }

  @Test
  void ownBalancersAreFoundButDoNotReplaceBuiltInOnes() throws IOException {
    try (URLClassLoader loader =
        loader(BalancerProvider.class, OwnBalancer.class, FalseModulo.class)) {
      Balancers balancers = Balancers.load(loader);
      assertThat(balancers.names())
          .containsExactly("bounded-load", "least-loaded", "minimal-move", "modulo", "round-robin");
      assertThat(balancers.require("modulo")).isNotInstanceOf(FalseModulo.class);
      assertThat(balancers.remarks())
          .singleElement()
          .asString()
          .contains(FalseModulo.class.getName());
      assertThatThrownBy(() -> balancers.require("random"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "no balancer 'random': there are bounded-load, least-loaded, minimal-move, modulo,"
                  + " round-robin; add a jar with an own one");
    }
  }

  @Test
  void aBalancerMayBoundTheLoadOfAWorker() throws IOException {
    try (URLClassLoader loader = loader(BalancerProvider.class, OwnBalancer.class)) {
      long[] open = {9, 2, 5};
      Balancer balancer =
          Balancers.load(loader).require("least-loaded").create(3, index -> open[index]);
      assertThat(balancer.index(0)).isEqualTo(1);
    }
  }

  private HashStrategies load(Class<?>... providers) throws IOException {
    try (URLClassLoader loader = loader(HashStrategy.class, providers)) {
      return HashStrategies.load(loader);
    }
  }

  private URLClassLoader loader(Class<?> type, Class<?>... providers) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(
        services.resolve(type.getName()), List.of(providers).stream().map(Class::getName).toList());
    return new URLClassLoader(urls(), HashStrategiesTest.class.getClassLoader());
  }

  private URL[] urls() throws MalformedURLException {
    return new URL[] {directory.toUri().toURL()};
  }

  public static class Low implements HashStrategy {
    @Override
    public String name() {
      return "twin";
    }

    @Override
    public int hash(byte[] key, int offset, int length) {
      return 0;
    }
  }

  public static final class LowToo extends Low {}

  public static final class High extends Low {
    @Override
    public int priority() {
      return 1;
    }
  }

  public static final class Unavailable extends Low {
    @Override
    public int priority() {
      return 2;
    }

    @Override
    public Optional<String> unavailable() {
      return Optional.of("the moon is full");
    }
  }

  public static final class Throwing extends Low {
    public Throwing() {
      throw new IllegalStateException("not today");
    }
  }

  public static final class Nameless extends Low {
    @Override
    public String name() {
      throw new IllegalStateException("who am I");
    }
  }

  public static final class Blank extends Low {
    @Override
    public String name() {
      return " ";
    }
  }

  public static final class Seeded implements HashStrategy {
    private final int seed;

    public Seeded() {
      this(0);
    }

    private Seeded(int seed) {
      this.seed = seed;
    }

    @Override
    public String name() {
      return "seeded";
    }

    @Override
    public int hash(byte[] key, int offset, int length) {
      return seed;
    }

    @Override
    public boolean isSeedable() {
      return true;
    }

    @Override
    public HashStrategy seeded(long newSeed) {
      return new Seeded((int) newSeed);
    }
  }

  public static class OwnBalancer implements BalancerProvider {
    @Override
    public String name() {
      return "least-loaded";
    }

    @Override
    public Balancer create(int workers, IntToLongFunction openConnections) {
      return new Balancer() {
        @Override
        public int workers() {
          return workers;
        }

        @Override
        public int index(int hash) {
          int least = 0;
          for (int i = 1; i < workers; i++) {
            if (openConnections.applyAsLong(i) < openConnections.applyAsLong(least)) {
              least = i;
            }
          }
          return least;
        }
      };
    }
  }

  public static final class FalseModulo extends OwnBalancer {
    @Override
    public String name() {
      return "modulo";
    }
  }
}
