package io.stickycluster.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of a chaos run: everything is done once, in the order of a fixed seed. */
@Timeout(300)
class ChaosRunTest {

  private static final ChaosSettings SHORT =
      new ChaosSettings(7, 2, Duration.ZERO, 6, Duration.ofMillis(300), Duration.ofSeconds(1));

  @ParameterizedTest
  @EnumSource(Road.class)
  void everyPromiseIsKept(Road road) throws IOException, InterruptedException {
    RunReport report = ChaosRun.run(road, SHORT, System.err::println);
    assertThat(report.verdicts()).hasSizeGreaterThan(10).allMatch(Verdict::kept);
  }
}
