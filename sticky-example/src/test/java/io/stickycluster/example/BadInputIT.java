package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built example says, and how it exits, when it can't do what it is told. */
class BadInputIT {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=65536 | --port must be a whole number from 0 to 65535, not '65536'",
        "--port=-1 | --port must be a whole number from 0 to 65535, not '-1'",
        "--workers=0 | --workers must be a whole number from 1 to 1024, not '0'",
        "--workers=many | --workers must be a whole number from 1 to 1024, not 'many'",
        "--hard-shutdown-delay=soon | must be a time such as 500ms, 60s, 2m or 1h, not 'soon'",
        "--no-such-option | Unknown option: '--no-such-option'",
        "--hash=nope | no hash strategy 'nope': there are djb2",
        "--transport=nope | there is no transport 'nope' on the class path; there is: netty, nio",
        "--balancer=nope | no balancer 'nope': there are",
        "--hand-over=nope | has no hand-over 'nope'; choose one of auto, listener, connection",
        "--key=nope | there is no 'nope'; there are ip",
        "--key=proxy | no network is trusted; name the proxies' networks, such as trust=loopback",
        "--key=header:X-Forwarded-For | such as trust=loopback",
        "--key-form=nope | no key form 'nope': there are bytes, text",
        "--trust=nope | 'nope' is not a trusted network",
        "--host=no.such.host.invalid | host 'no.such.host.invalid' can't be resolved"
      })
  void aWrongOptionIsExplainedInOneLineAndExitsWith2(String option, String explanation) {
    try (ExampleProcess example = ExampleProcess.start(option)) {
      assertThat(example.awaitExit()).isEqualTo(2);
      assertOneLine(example, explanation);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aPortInUseIsExplainedInOneLineAndExitsWith1(String transport) throws IOException {
    try (ServerSocket other = new ServerSocket(0);
        ExampleProcess example =
            ExampleProcess.start(
                "--port=" + other.getLocalPort(), "--workers=2", "--transport=" + transport)) {
      assertThat(example.awaitExit()).isEqualTo(1);
      assertOneLine(example, ":" + other.getLocalPort() + ": the port is in use");
    }
  }

  @Test
  void workersThatCannotStartAreTriedAgainABoundedNumberOfTimes() {
    try (ExampleProcess example = ExampleProcess.start("--workers=2", "--fail-start")) {
      assertThat(example.awaitExit()).isEqualTo(1);
      assertOneLine(example, "this worker fails on purpose (--fail-start)");
      assertThat(example.err())
          .filteredOn(line -> line.contains("never became ready") && line.contains("WARN"))
          .hasSizeBetween(1, 12);
      assertThat(example.workers()).isEmpty();
    }
  }

  @Test
  void debugShowsTheStackTraceOfAWorkerThatCannotStart() {
    try (ExampleProcess example = ExampleProcess.start("--workers=1", "--fail-start", "--debug")) {
      assertThat(example.awaitExit()).isEqualTo(1);
      assertThat(example.err()).anyMatch(line -> line.startsWith("\tat io.stickycluster.example."));
    }
  }

  private static void assertOneLine(ExampleProcess example, String explanation) {
    List<String> told =
        example.err().stream()
            .filter(
                line -> line.startsWith("sticky-example: ") || line.startsWith("sticky-cluster: "))
            .toList();
    assertThat(told).as("%s", example.err()).hasSize(1);
    assertThat(told.get(0)).contains(explanation);
    assertThat(example.err()).noneMatch(line -> line.startsWith("\tat "));
    assertThat(example.out()).isEmpty();
  }
}
