package io.stickycluster.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.Balancer;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.Constant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BalancersPropertiesTest {

  private static final int KEYS = 100_000;
  private static final Balancers BALANCERS = Balancers.load();

  @Property
  void moduloIsTheUnsignedRemainder(
      @ForAll int hash, @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int workers) {
    assertThat(create(Balancers.MODULO, workers).index(hash))
        .isEqualTo(Integer.remainderUnsigned(hash, workers));
  }

  @Property(tries = 200)
  void minimalMoveStaysInRangeAndIsTheSameInEveryRun(
      @ForAll int hash, @ForAll @IntRange(min = 1, max = 128) int workers) {
    int index = create(Balancers.MINIMAL_MOVE, workers).index(hash);
    assertThat(index).isBetween(0, workers - 1);
    assertThat(create(Balancers.MINIMAL_MOVE, workers).index(hash)).isEqualTo(index);
  }

  @Property(tries = 100)
  void addingAWorkerMovesClientsToThisOneOnly(
      @ForAll @IntRange(min = 1, max = 128) int workers, @ForAll long seed) {
    Balancer before = create(Balancers.MINIMAL_MOVE, workers);
    Balancer after = create(Balancers.MINIMAL_MOVE, workers + 1);
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      int hash = random.nextInt();
      int index = after.index(hash);
      assertThat(index).isIn(before.index(hash), workers);
    }
  }

  @Property(tries = 60)
  void everyWorkerOwnsAnEqualShareOfTheSlices(@ForAll @IntRange(min = 1, max = 200) int workers) {
    SliceTable table = SliceTable.of(workers);
    int[] starts = table.starts();
    int[] owners = table.owners();
    long[] owned = new long[workers];
    for (int i = 0; i < starts.length; i++) {
      long end = i + 1 < starts.length ? Integer.toUnsignedLong(starts[i + 1]) : 1L << 32;
      owned[owners[i]] += end - Integer.toUnsignedLong(starts[i]);
    }
    assertThat(Arrays.stream(owned).max().orElseThrow() - Arrays.stream(owned).min().orElseThrow())
        .isLessThanOrEqualTo(1);
  }

  @Property(tries = 40)
  void everySliceHoldsItsFirstAndLastNumber(@ForAll @IntRange(min = 1, max = 200) int workers) {
    SliceTable table = SliceTable.of(workers);
    int[] starts = table.starts();
    int[] owners = table.owners();
    for (int i = 0; i < starts.length; i++) {
      assertThat(table.owner(starts[i])).isEqualTo(owners[i]);
      int last = i + 1 < starts.length ? starts[i + 1] - 1 : -1;
      assertThat(table.owner(last)).isEqualTo(owners[i]);
    }
  }

  /**
   * The slices are exactly equal; what is left is the chance of the draw, whose standard deviation
   * for 4 workers is 0.55 % of the mean.
   */
  @Example
  void minimalMoveIsEvenWithinTwoPercentForAHundredThousandKeys() {
    assertEven(create(Balancers.MINIMAL_MOVE, 4), new Random(1).ints(KEYS).toArray());
    assertEven(create(Balancers.MINIMAL_MOVE, 4), consecutive());
  }

  private static int[] consecutive() {
    int[] hashes = new int[KEYS];
    Arrays.setAll(hashes, i -> 0x0a00_0000 + i);
    return hashes;
  }

  private static void assertEven(Balancer balancer, int[] hashes) {
    int[] counts = new int[balancer.workers()];
    for (int hash : hashes) {
      counts[balancer.index(hash)]++;
    }
    double mean = (double) hashes.length / counts.length;
    for (int count : counts) {
      assertThat(count / mean).isBetween(0.98, 1.02);
    }
  }

  @Property(tries = 200)
  void theKernelComputesTheSameIndex(
      @ForAll int hash, @ForAll @IntRange(min = 1, max = 64) int workers) {
    SteeringProgram start = SteeringProgram.of(new Constant(hash));
    for (String name : new String[] {Balancers.MODULO, Balancers.MINIMAL_MOVE}) {
      Balancer balancer = create(name, workers);
      assertThat(start.then(balancer.steering().orElseThrow()).run(new byte[0]))
          .isEqualTo(balancer.index(hash));
    }
  }

  /** Shifting the mapping on one host would send clients of a shared address to other workers. */
  @Example
  void theMappingNeverChangesBetweenReleases() {
    Balancer balancer = create(Balancers.MINIMAL_MOVE, 7);
    int mixed = 0;
    for (int hash = 0; hash < 10_000; hash++) {
      mixed = mixed * 31 + balancer.index(hash * 0x9e3779b9);
    }
    assertThat(mixed).isEqualTo(-1183484477);
  }

  @Example
  void roundRobinIsNotStickyAndStaysInRangeForEver() {
    Balancer balancer = create(Balancers.ROUND_ROBIN, 3);
    for (int i = 0; i < 9; i++) {
      assertThat(balancer.index(42)).isEqualTo(i % 3);
    }
    assertThat(balancer.steering()).isEmpty();
  }

  @Example
  void fewerThanOneWorkerIsRefused() {
    for (String name : List.of(Balancers.MODULO, Balancers.MINIMAL_MOVE, Balancers.ROUND_ROBIN)) {
      assertThatThrownBy(() -> create(name, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the number of workers must be at least 1: 0");
    }
  }

  @Example
  void moreWorkersThanTheTableBearsAreRefused() {
    assertThat(create(Balancers.MINIMAL_MOVE, 1024).workers()).isEqualTo(1024);
    assertThatThrownBy(() -> create(Balancers.MINIMAL_MOVE, 1025))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("balancer 'minimal-move' takes at most 1024 workers: 1025");
  }

  private static Balancer create(String name, int workers) {
    return BALANCERS.require(name).create(workers, index -> 0);
  }
}
