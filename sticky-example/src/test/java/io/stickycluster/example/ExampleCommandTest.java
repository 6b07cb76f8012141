package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExampleCommandTest {

  private final StringWriter printed = new StringWriter();

  @ParameterizedTest
  @CsvSource({
    "PORT,65536,from 0 to 65535",
    "PORT,x,from 0 to 65535",
    "WEB_CONCURRENCY,0,from 1 to"
  })
  void aWrongVariableIsNamed(String variable, String value, String bounds) {
    assertThat(execute(Map.of(variable, value))).isEqualTo(2);
    assertThat(printed.toString())
        .startsWith("sticky-example: the environment variable " + variable + " must be")
        .contains(bounds, "not '" + value + "'")
        .hasLineCount(1);
  }

  @Test
  void anOptionOutweighsItsVariable() {
    assertThat(execute(Map.of("PORT", "nonsense"), "--port=70000")).isEqualTo(2);
    assertThat(printed.toString()).contains("--port must be");
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(execute(Map.of(), "--help")).isZero();
    assertThat(printed.toString())
        .contains("--port", "--workers", "--transport", "--hand-over", "--hash", "--balancer")
        .contains("--key", "--key-form", "--seed", "--ipv4-prefix", "--ipv6-prefix", "--trust")
        .contains("--hard-shutdown-delay", "--event-loops")
        .contains("--debug", "--fail-start", "--host", "PORT", "WEB_CONCURRENCY");
  }

  @ParameterizedTest
  @CsvSource({"--ipv4-prefix=33, ipv4PrefixBits, 32", "--ipv6-prefix=0, ipv6PrefixBits, 128"})
  void anAddressPrefixHasItsBounds(String option, String name, String bound) {
    assertThat(execute(Map.of(), option)).isEqualTo(2);
    assertThat(printed.toString()).contains(name, bound).hasLineCount(1);
  }

  private int execute(Map<String, String> environment, String... arguments) {
    PrintWriter writer = new PrintWriter(printed, true);
    return new CommandLine(new ExampleCommand(environment))
        .setParameterExceptionHandler(ExampleCommand::explain)
        .setOut(writer)
        .setErr(writer)
        .execute(arguments);
  }
}
