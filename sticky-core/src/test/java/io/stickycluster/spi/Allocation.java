package io.stickycluster.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntUnaryOperator;

/** Shows that compiled code allocates nothing. */
public final class Allocation {

  private static final int CALLS = 20_000;
  private static final int MAX_BATCHES = 500;

  /** Keeps the compiler from dropping the calls. */
  private static volatile int unusedResult;

  private Allocation() {}

  /** Fails unless a batch of calls allocates nothing, once the code had time to be compiled. */
  public static void assertNone(IntUnaryOperator call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long bytes = Long.MAX_VALUE;
    for (int batch = 0; batch < MAX_BATCHES && bytes >= CALLS; batch++) {
      long before = threads.getThreadAllocatedBytes(self);
      int mixed = 0;
      for (int i = 0; i < CALLS; i++) {
        mixed ^= call.applyAsInt(i);
      }
      unusedResult = mixed;
      bytes = threads.getThreadAllocatedBytes(self) - before;
    }
    assertThat(bytes).as("bytes allocated by %d calls", CALLS).isLessThan(CALLS);
  }
}
