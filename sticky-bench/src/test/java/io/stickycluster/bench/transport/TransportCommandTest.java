package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.bench.transport.Sources.Source;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TransportCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--targets=apache",
        "--workloads=ftp",
        "--rounds=0",
        "--seconds=NaN",
        "--connections=1",
        "--key=ip",
        "--key=cookie:",
        "--calm=101"
      })
  void aWrongOptionIsNamedBeforeAnythingStarts(String option) {
    StringWriter errors = new StringWriter();
    int exit =
        new CommandLine(new TransportCommand())
            .setErr(new PrintWriter(errors))
            .setExecutionExceptionHandler(
                (failure, command, result) -> {
                  command.getErr().print(failure.getMessage());
                  return failure instanceof IllegalArgumentException ? 2 : 1;
                })
            .execute(option);
    assertThat(exit).isEqualTo(2);
    String value = option.substring(option.indexOf('=') + 1);
    assertThat(errors.toString()).contains(value).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "header:X-Forwarded-For, X-Forwarded-For: 198.18.0.1",
    "header:Forwarded, Forwarded: for=198.18.0.1",
    "header:X-Session, X-Session: session-1",
    "cookie:sid, Cookie: sid=session-1"
  })
  void aKeyIsSaidInTheHead(String key, String line) {
    Source source = new Source(InetAddress.getLoopbackAddress(), "198.18.0.1", "session-1");
    assertThat(KeyHeader.of(key).line(source)).isEqualTo(line);
  }

  @Test
  void ordersAndResultsSurviveTheirLine() {
    Load load = new Load(8080, Workload.KEEP_ALIVE, 32, Duration.ofMillis(1500));
    assertThat(Load.parse(load.toLine())).isEqualTo(load);
    Load.Result result = new Load.Result(7, 8, 9, "Connection refused: by peer");
    assertThat(Load.Result.parse(result.toLine())).isEqualTo(result);
    Load.Result clean = new Load.Result(7, 8, 0, "");
    assertThat(Load.Result.parse(clean.toLine())).isEqualTo(clean);
    assertThatThrownBy(() -> Load.Result.parse("oops"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyTargetAndWorkloadIsFoundByItsName() {
    assertThat(List.of(Target.values())).allMatch(target -> Target.of(target.label()) == target);
    assertThat(List.of(Workload.values()))
        .allMatch(workload -> Workload.of(workload.label()) == workload);
  }

  @Test
  void theMachinesTimeIsUserNiceSystemAndSteal() {
    assertThat(MachineCpu.parse("cpu  1 20 300 99 99 99 99 4000 99\ncpu0 1 1 1\n"))
        .isEqualTo(Duration.ofMillis(43_210));
    assertThat(MachineCpu.parse("")).isZero();
  }
}
