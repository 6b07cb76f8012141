package io.stickycluster.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BoundedLoadMemoryTest {

  private static final long EXPIRY = 10;

  record Step(int key, int nanos, boolean put) {}

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void it_remembers_what_a_map_in_order_of_use_would(
      @ForAll @IntRange(min = 1, max = 20) int maxKeys,
      @ForAll("steps") @Size(max = 200) List<Step> steps) {
    BoundedLoadMemory memory = new BoundedLoadMemory(maxKeys, EXPIRY);
    Map<Integer, int[]> model = new LinkedHashMap<>(16, 0.75f, true);
    long now = Long.MAX_VALUE - 50; // nanoTime may overflow
    for (Step step : steps) {
      now += step.nanos;
      int key = step.key;
      if (step.put) {
        if (!model.containsKey(key) && model.size() == maxKeys) {
          model.remove(model.keySet().iterator().next());
        }
        model.put(key, new int[] {key & 7, (int) now});
        memory.put(key, key & 7, now);
      } else {
        int[] known = peek(model, key);
        boolean alive = known != null && (int) now - known[1] <= EXPIRY;
        assertThat(memory.use(key, now)).isEqualTo(alive ? known[0] : BoundedLoadMemory.ABSENT);
        if (alive) {
          model.put(key, new int[] {known[0], (int) now});
        }
      }
      assertThat(memory.size()).isEqualTo(model.size());
    }
  }

  /** Looks without counting as a use. */
  private static int[] peek(Map<Integer, int[]> model, int key) {
    return model.entrySet().stream()
        .filter(entry -> entry.getKey() == key)
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 30), Arbitraries.of(Integer.MIN_VALUE, -1)),
            Arbitraries.integers().between(0, 4),
            Arbitraries.of(true, false))
        .as(Step::new)
        .list();
  }

  @Test
  void a_hundred_thousand_keys_fit_and_one_more_takes_the_place_of_the_oldest() {
    BoundedLoadMemory memory = new BoundedLoadMemory(100_000, EXPIRY);
    for (int key = 0; key < 100_000; key++) {
      memory.put(key, key % 5, 0);
    }
    for (int key = 0; key < 100_000; key++) {
      assertThat(memory.use(key, 0)).isEqualTo(key % 5);
    }
    memory.put(-1, 4, 0);
    assertThat(memory.use(0, 0)).isEqualTo(BoundedLoadMemory.ABSENT);
    assertThat(memory.use(1, 0)).isEqualTo(1);
    assertThat(memory.size()).isEqualTo(100_000);
  }
}
