package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs every target that is here with real processes, just long enough to count something. */
@Timeout(180)
class ComparisonTest {

  private static final List<String> JVM_OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

  @Test
  void everyTargetAnswersEveryWorkloadWithoutAnError() throws Exception {
    Comparison.Plan plan =
        new Comparison.Plan(
            List.of(Target.values()),
            List.of(Workload.values()),
            1,
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            8,
            "cookie:sid",
            1);
    StringWriter progress = new StringWriter();
    try (Servers servers = new Servers(plan.key(), JVM_OPTIONS, null);
        Comparison comparison = new Comparison(plan, servers, new PrintWriter(progress))) {
      List<Report.Table> tables = comparison.run();
      assertThat(tables).extracting(Report.Table::workload).containsExactly(Workload.values());
      for (Report.Table table : tables) {
        assertThat(table.rows()).extracting(Row::target).containsExactly(Target.values());
        table.rows().forEach(row -> check(row, progress.toString()));
      }
    }
  }

  private static void check(Row row, String progress) {
    if (EnumSet.of(Target.HAPROXY, Target.NGINX, Target.NODE).contains(row.target())
        && !row.missing().isEmpty()) {
      assertThat(row.missing()).containsAnyOf("is not installed", "needs --node");
      return;
    }
    assertThat(row.missing()).as(progress).isEmpty();
    assertThat(row.samples()).hasSize(1);
    assertThat(row.samples().get(0).perSecond()).as(progress).isPositive();
    assertThat(row.errors()).as(row.target() + ": " + row.firstError()).isZero();
  }
}
