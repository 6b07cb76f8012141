package io.stickycluster.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.Balancer;
import io.stickycluster.spi.BalancerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BoundedLoadBalancerTest {

  private static final long EXPIRY = 1000;

  private final AtomicLong clock = new AtomicLong();

  private BoundedLoadBalancer balancer(int workers, double factor, long[] loads) {
    return new BoundedLoadBalancer(
        workers, factor, i -> loads[i], new BoundedLoadMemory(1000, EXPIRY), clock::get);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void a_placed_key_stays_whatever_the_loads_become(
      @ForAll @Size(min = 1, max = 200) List<Integer> keys,
      @ForAll @IntRange(min = 1, max = 32) int workers,
      @ForAll Random random) {
    long[] loads = new long[workers];
    Balancer balancer = balancer(workers, 1.25, loads);
    Map<Integer, Integer> placed = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (int key : keys) {
        int index = balancer.index(key);
        assertThat(index).isBetween(0, workers - 1).isEqualTo(placed.getOrDefault(key, index));
        placed.put(key, index);
        loads[random.nextInt(workers)] = random.nextInt(1000);
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void no_new_key_lifts_a_worker_above_the_bound(
      @ForAll @Size(min = 1, max = 32) List<@LongRange(min = 0, max = 10_000) Long> initial,
      @ForAll @Size(min = 1, max = 100) List<Integer> keys,
      @ForAll @DoubleRange(min = 1, max = 2) double factor) {
    long[] loads = initial.stream().mapToLong(Long::longValue).toArray();
    Balancer balancer = balancer(loads.length, factor, loads);
    Map<Integer, Integer> placed = new HashMap<>();
    for (int key : keys) {
      int index = balancer.index(key);
      boolean isNew = placed.putIfAbsent(key, index) == null;
      loads[index]++;
      double bound = Math.ceil(factor * Arrays.stream(loads).sum() / loads.length);
      assertThat(!isNew || loads[index] <= bound).isTrue();
    }
  }

  @Test
  void a_crowd_behind_one_key_pushes_new_keys_to_other_workers() {
    long[] loads = new long[4];
    Balancer balancer = balancer(4, 1.25, loads);
    int crowd = balancer.index(1);
    loads[crowd] = 600;
    for (int key = 2; key < 602; key++) {
      loads[balancer.index(key)]++;
    }
    assertThat(loads[crowd]).isEqualTo(600);
    // The mean ends at 300, so that no other may pass 375; the 600 others fill them evenly enough.
    for (int i = 0; i < 4; i++) {
      if (i != crowd) {
        assertThat(loads[i]).isBetween(100L, 375L);
      }
    }
  }

  @Test
  void a_burst_spreads_before_its_connections_are_reported() {
    Balancer balancer = balancer(4, 1.25, new long[4]);
    long[] sent = new long[4];
    for (int key = 0; key < 100; key++) {
      sent[balancer.index(key)]++;
    }
    assertThat(Arrays.stream(sent).max().orElseThrow()).isLessThanOrEqualTo(32);
  }

  @Test
  void a_late_count_does_not_hide_connections_that_are_still_on_their_way() {
    long[] told = new long[3];
    Balancer balancer = balancer(3, 1.25, told);
    long[] sent = new long[3];
    for (int key = 0; key < 240; key++) {
      sent[balancer.index(key)]++;
      if (key % 20 == 0) {
        // One worker is behind: it has accepted few of what was sent when it counts.
        told[0] = sent[0] / 8;
        told[1] = sent[1];
        told[2] = sent[2];
      }
    }
    assertThat(Arrays.stream(sent).max().orElseThrow()).isLessThanOrEqualTo(100);
  }

  @Test
  void connections_that_came_and_went_are_forgotten() {
    Balancer balancer = balancer(2, 1, new long[2]);
    int home = balancer.index(1);
    for (int i = 0; i < 100; i++) {
      balancer.index(1);
    }
    int other = 2;
    while (balancer(2, 1, new long[2]).index(other) != home) {
      other++;
    }
    clock.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(balancer.index(other)).isEqualTo(home);
  }

  @Test
  void many_keys_of_equal_weight_fill_no_worker_above_the_bound() {
    long[] loads = new long[10];
    Balancer balancer = balancer(10, 1.25, loads);
    for (int key = 0; key < 1000; key++) {
      loads[balancer.index(key)]++;
    }
    assertThat(Arrays.stream(loads).max().orElseThrow()).isLessThanOrEqualTo(125);
    assertThat(Arrays.stream(loads).min().orElseThrow()).isGreaterThan(50);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void the_same_history_gives_the_same_places(
      @ForAll @Size(max = 100) List<Integer> keys,
      @ForAll @IntRange(min = 1, max = 32) int workers) {
    List<List<Integer>> runs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      long[] loads = new long[workers];
      Balancer balancer = balancer(workers, 1.25, loads);
      List<Integer> places = new ArrayList<>();
      for (int key : keys) {
        int index = balancer.index(key);
        loads[index]++;
        places.add(index);
      }
      runs.add(places);
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1));
  }

  @Test
  void without_load_one_more_worker_moves_only_the_keys_that_go_to_it() {
    Balancer four = balancer(4, 10, new long[4]);
    Balancer five = balancer(5, 10, new long[5]);
    int moved = 0;
    for (int key = 0; key < 1000; key++) {
      int before = four.index(key);
      int after = five.index(key);
      assertThat(after).isIn(before, 4);
      moved += before == after ? 0 : 1;
    }
    assertThat(moved).isBetween(100, 300);
  }

  @Test
  void a_key_is_placed_anew_only_when_it_was_not_used_for_longer_than_the_expiry() {
    long[] loads = new long[2];
    Balancer balancer = balancer(2, 1.25, loads);
    int first = balancer.index(7);
    loads[first] = 100;
    clock.addAndGet(EXPIRY);
    assertThat(balancer.index(7)).isEqualTo(first);
    clock.addAndGet(EXPIRY);
    assertThat(balancer.index(7)).isEqualTo(first);
    clock.addAndGet(EXPIRY + 1);
    assertThat(balancer.index(7)).isEqualTo(1 - first);
  }

  @Test
  void nonsense_from_the_load_function_is_survived() {
    Balancer balancer = balancer(3, 1.25, new long[] {-5, -1, Long.MIN_VALUE});
    assertThat(balancer.index(1)).isBetween(0, 2);
    long[] jumping = new long[1];
    BoundedLoadBalancer other =
        new BoundedLoadBalancer(
            3, 1.25, i -> jumping[0] += 1000, new BoundedLoadMemory(10, EXPIRY), clock::get);
    assertThat(other.index(1)).isZero();
  }

  @Test
  void threads_that_ask_at_once_are_told_the_same() throws Exception {
    AtomicLongArray loads = new AtomicLongArray(8);
    Balancer balancer = provider().create(8, loads::get);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<List<Integer>> asking =
          () -> {
            List<Integer> places = new ArrayList<>();
            for (int key = 0; key < 5000; key++) {
              int index = balancer.index(key);
              loads.incrementAndGet(index);
              places.add(index);
            }
            return places;
          };
      List<Future<List<Integer>>> told = threads.invokeAll(List.of(asking, asking, asking, asking));
      for (Future<List<Integer>> places : told) {
        assertThat(places.get()).isEqualTo(told.get(0).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void it_is_found_by_name_and_steers_no_kernel() {
    Balancer balancer = provider().create(3, i -> 0);
    assertThat(balancer.workers()).isEqualTo(3);
    assertThat(balancer.steering()).isEmpty();
  }

  private static BalancerProvider provider() {
    return ServiceLoader.load(BalancerProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("bounded-load"))
        .findFirst()
        .orElseThrow();
  }
}
