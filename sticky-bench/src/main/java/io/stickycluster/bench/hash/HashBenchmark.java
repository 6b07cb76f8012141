package io.stickycluster.bench.hash;

import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.spi.HashStrategy;
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

/** The hash alone, of one random address after the other. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HashBenchmark {

  private static final int KEYS = 1024;

  /** The name of a strategy on the class path. */
  @Param({"djb2", "int31", "murmur3", "farmhash", "siphash"})
  public String strategy = "";

  /** What addresses. */
  @Param({"ipv4", "ipv6"})
  public String family = "";

  @SuppressWarnings("NullAway.Init") // by prepare()
  private HashStrategy hash;

  private byte[] bytes = {};
  private int[] byteEnds = {};
  private byte[] text = {};
  private int[] textEnds = {};
  private int next;

  /** Makes the keys. */
  @Setup
  public void prepare() {
    hash = HashStrategies.load().require(strategy);
    Population asBytes = population(KeyForm.BYTES);
    bytes = asBytes.keys();
    byteEnds = asBytes.ends();
    Population asText = population(KeyForm.TEXT);
    text = asText.keys();
    textEnds = asText.ends();
  }

  private Population population(KeyForm form) {
    return family.equals("ipv4")
        ? Population.randomIpv4(new Random(1), KEYS, form)
        : Population.randomIpv6(new Random(1), KEYS, form);
  }

  /** Hashes the address's bytes. */
  @Benchmark
  public int bytes() {
    int i = 1 + (next++ & KEYS - 2);
    return hash.hash(bytes, byteEnds[i - 1], byteEnds[i] - byteEnds[i - 1]);
  }

  /** Hashes the address's text. */
  @Benchmark
  public int text() {
    int i = 1 + (next++ & KEYS - 2);
    return hash.hashText(text, textEnds[i - 1], textEnds[i] - textEnds[i - 1]);
  }
}
