package io.stickycluster.bench.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.bench.CommandLineFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashCommandsTest {

  /** The numbers are npm's: see the vectors of sticky-hash. */
  @Test
  void hashOfPrintsOneUnsignedNumberALine() {
    assertThat(run("hash-of", "--key=text", "", " ", ".", ".."))
        .isEqualTo("5381\n177541\n177547\n5859013\n");
    assertThat(run("hash-of", "--strategy=djb2", "--key=bytes", "0.0.0.0"))
        .isEqualTo("2086473605\n");
    assertThat(run("hash-of", "--strategy=int31", "--seed=1", "--key=bytes", "0.0.0.0"))
        .isEqualTo("1044233958\n");
  }

  @Test
  void textIsHashedExactlyAsGiven() {
    assertThat(run("hash-of", "--key=text", "2001:DB8::1"))
        .isNotEqualTo(run("hash-of", "--key=text", "2001:db8::1"));
  }

  @ParameterizedTest
  @CsvSource({
    "::ffff:192.0.2.1,192.0.2.1",
    "::ffff:c000:201,192.0.2.1",
    "fe80::1%eth0,fe80::1",
    "2001:DB8:0:0:0:0:0:1,2001:db8::1",
    "::192.0.2.1,::c000:201"
  })
  void formsOfOneAddressGoToOneWorker(String one, String other) {
    for (String key : new String[] {"bytes", "text", "node-text"}) {
      assertThat(run("where", "--workers=1000", "--key=" + key, one))
          .isEqualTo(run("where", "--workers=1000", "--key=" + key, other));
    }
  }

  @Test
  void aCompatibleAddressIsNotTheIpv4OneWithinIt() {
    assertThat(run("hash-of", "::192.0.2.1")).isNotEqualTo(run("hash-of", "192.0.2.1"));
  }

  @Test
  void whereIsTheHashModuloTheNumberOfWorkers() {
    for (String address : new String[] {"192.0.2.1", "2001:db8::1"}) {
      long hash = Long.parseLong(run("hash-of", address).strip());
      assertThat(run("where", "--workers=7", "--hash=djb2", address)).isEqualTo(hash % 7 + "\n");
    }
  }

  @Test
  void theOriginalsOutputComesFirstAndThenTheTables() {
    String out = run("4", "1000", "--hash=int31,djb2");
    assertThat(out)
        .startsWith("generating random ips...\nbenchmarking...\nint31\n  time (ms):  ")
        .containsPattern(
            "(?s)int31\n  time \\(ms\\):  [0-9.]+\n  scatter:  \\[ \\d+, \\d+, \\d+, \\d+ \\]\n"
                + "djb2\n  time \\(ms\\):  [0-9.]+\n  scatter:  \\[ ")
        .contains("chi-square", "gateways x.y.z.1", "Zipf-weighted")
        .contains("clients moved from 4 to 5 workers");
  }

  /** What the original's README shows, and why sticky-cluster took another hash. */
  @Test
  void int31CrowdsIpv6TextsOnOneWorkerAndDjb2DoesNot() {
    String out = run("10", "100000", "--hash=int31,djb2", "--random=3");
    assertThat(largestShare(out, "int31")).isBetween(2.4, 2.9);
    assertThat(largestShare(out, "djb2")).isLessThan(1.04);
  }

  private static double largestShare(String out, String strategy) {
    String line = out.substring(out.indexOf(strategy + "\n")).lines().toList().get(2);
    String[] counts =
        line.substring(line.indexOf('[') + 1, line.indexOf(']')).strip().split(", ", -1);
    long max = 0;
    long sum = 0;
    for (String count : counts) {
      max = Math.max(max, Long.parseLong(count));
      sum += Long.parseLong(count);
    }
    return (double) max * counts.length / sum;
  }

  private static String run(String... args) {
    CommandLineFixture.Result result = CommandLineFixture.run(args);
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    return result.out().replace(System.lineSeparator(), "\n");
  }
}
