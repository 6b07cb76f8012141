package io.stickycluster.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|num_workers must be from 1 to 1024: 0",
        "1025|num_workers must be from 1 to 1024: 1025",
        "10 0|num_ips must be from 1 to 10000000: 0",
        "10 10000001|num_ips must be from 1 to 10000000: 10000001",
        "ten|'ten' is not an int",
        "--hash=none 10|no hash strategy 'none': there are djb2",
        "--key=hex 10|no key form 'hex': there are bytes, text, node-text",
        "--balancer=none 10|no balancer 'none': there are ",
        "--chart=x.gif 10|a chart's file ends in .png or .svg: x.gif",
        "where 1.2.3.4|Missing required option: '--workers=N'",
        "where --workers=0 1.2.3.4|the number of workers must be at least 1: 0",
        "where --workers=2 1.2.3|not an IP address: '1.2.3'",
        "where --workers=2 --ipv4-prefix=33 ::|the IPv4 prefix must have 0 to 32 bits: 33",
        "hash-of localhost|not an IP address: 'localhost'",
        "hash-of --seed=1 ::1|hash strategy 'djb2' takes no seed",
        "hash-of --key=hex ::1|Invalid value for option '--key'",
      })
  void aWrongArgumentIsAnsweredInOneLineThatSaysWhatIsAllowed(String line, String message) {
    CommandLineFixture.Result result = CommandLineFixture.run(line.split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"--help", "where --help", "hash-of -h"})
  void everyCommandExplainsItself(String line) {
    CommandLineFixture.Result result = CommandLineFixture.run(line.split(" "));
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("Usage: sticky-bench");
  }

  @Test
  void theHelpNamesAllCommands() {
    assertThat(CommandLineFixture.run("--help").out()).contains("jmh", "hash-of", "where");
  }
}
