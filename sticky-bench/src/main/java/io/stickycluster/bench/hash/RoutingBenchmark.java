package io.stickycluster.bench.hash;

import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashRouter;
import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.internal.balance.RouterSettings;
import io.stickycluster.spi.Router;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The whole step from a client's address to its worker's index, as the master takes it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoutingBenchmark {

  private static final int ADDRESSES = 1024;
  private static final int WORKERS = 10;

  /** The name of a strategy on the class path. */
  @Param({"djb2", "int31", "murmur3", "farmhash", "siphash"})
  public String strategy = "";

  /** What addresses. */
  @Param({"ipv4", "ipv6"})
  public String family = "";

  /** The name of a balancer. */
  @Param({"modulo", "minimal-move"})
  public String balancer = "";

  /** The form in which addresses are hashed. */
  @Param({"bytes", "node-text"})
  public String key = "";

  @SuppressWarnings("NullAway.Init") // by prepare()
  private Router router;

  private byte[] addresses = {};
  private int length;
  private int next;

  /** Makes the router and the addresses. */
  @Setup
  public void prepare() {
    router =
        new HashRouter(
            RouterSettings.of(
                    HashStrategies.load().require(strategy),
                    Balancers.load().require(balancer),
                    WORKERS)
                .withKeyForm(KeyForm.of(key)));
    length = family.equals("ipv4") ? 4 : 16;
    addresses = new byte[ADDRESSES * length];
    new Random(1).nextBytes(addresses);
  }

  /** Routes one client. */
  @Benchmark
  public int route() {
    return router.indexOfAddress(addresses, (next++ & ADDRESSES - 1) * length, length);
  }
}
