package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final Row NETTY = row(Target.NETTY, 7, 100, 200, 400);
  private static final Row NIO = row(Target.NIO, 9, 50, 120, 80);
  private static final Row NIO_KEY = row(Target.NIO_KEY, 9, 25, 120, 80);
  private static final Row HAPROXY = new Row(Target.HAPROXY, List.of(), "haproxy is not installed");

  @Property
  void asManyAreBelowTheMedianAsAbove(@ForAll @NotEmpty @Size(max = 20) List<Integer> numbers) {
    double median = Medians.of(numbers.stream().map(Integer::doubleValue).toList());
    assertThat(numbers.stream().filter(number -> number < median).count())
        .isLessThanOrEqualTo(numbers.size() / 2);
    assertThat(numbers.stream().filter(number -> number > median).count())
        .isLessThanOrEqualTo(numbers.size() / 2);
  }

  @Test
  void nothingHasNoMedian() {
    assertThat(Medians.of(List.of())).isNaN();
  }

  @Test
  void aRatioIsTheMedianOfTheRoundsRatios() {
    // 0.5, 0.6 and 0.2; of the medians it would be 0.4.
    assertThat(NIO.ratioTo(NETTY, Sample::perSecond)).isCloseTo(0.5, within(1e-9));
    assertThat(NIO.ratioTo(null, Sample::perSecond)).isNaN();
  }

  @Test
  void theTableShowsMediansRatiosAndWhoIsMissing() {
    String table = Report.table(Workload.ONE, List.of(NETTY, NIO, NIO_KEY, HAPROXY));
    assertThat(table.lines())
        .satisfiesExactly(
            title -> assertThat(title).isEqualTo("one request per connection"),
            head -> assertThat(head).contains("median/s").contains("x haproxy"),
            netty ->
                assertThat(cells(netty))
                    .startsWith("netty", "200", "100", "400", "1.00", "1.00", "-"),
            nio -> assertThat(cells(nio)).startsWith("nio", "80", "50", "120", "0.50", "0.80", "-"),
            key -> assertThat(cells(key)).startsWith("nio-key").contains("1.00"),
            haproxy ->
                assertThat(haproxy)
                    .startsWith("haproxy")
                    .endsWith("left out: haproxy is not installed"));
  }

  @Test
  void aRowWithErrorsIsMarked() {
    Row broken = new Row(Target.NIO, List.of(new Sample(9, 1, 1, 0, 3, "closed")), "");
    assertThat(Report.table(Workload.ONE, List.of(broken))).contains("! 3  closed");
  }

  @Test
  void csvHasACellForEveryColumnInEveryLine() {
    String csv =
        Report.csv(List.of(new Report.Table(Workload.BODIES, List.of(NETTY, NIO, HAPROXY))));
    assertThat(csv.lines().map(line -> line.split(",", -1).length)).hasSize(4).containsOnly(19);
    assertThat(csv).contains("bodies,nio,3,80.0,50.0,120.0,0.500,0.800,,,,,,,9.00,1.00,10.0,0,\n");
    assertThat(csv).contains("\"left out: haproxy is not installed\"");
  }

  private static String[] cells(String line) {
    return line.split(" +", -1);
  }

  private static Row row(Target target, double cpuMicros, double... perSecond) {
    return new Row(
        target,
        java.util.Arrays.stream(perSecond)
            .mapToObj(n -> new Sample(n, cpuMicros, 1, 0.1, 0, ""))
            .toList(),
        "");
  }
}
