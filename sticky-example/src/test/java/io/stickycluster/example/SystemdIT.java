package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example as a service of systemd. */
class SystemdIT {

  private static final Pattern UNIT =
      Pattern.compile("```ini\n(\\[Unit\\]\n.*?)```", Pattern.DOTALL);

  @Test
  void systemdIsToldOfReadinessReloadsLifeAndTheEnd(@TempDir Path folder) {
    Machine.need(
        Machine.runs("systemd-notify", "--version"), "systemd-notify is missing: install systemd");
    Path path = folder.resolve("notify");
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "2000000");
    try (NotifySocket systemd = new NotifySocket(path);
        ExampleProcess example = ExampleProcess.start(List.of(), environment, "--workers=2")) {
      example.ready();
      awaitStates(systemd, "READY=1");
      assertThat(systemd.said()).contains("MAINPID=" + example.pid());

      example.signal("HUP");
      awaitStates(systemd, "READY=1", "RELOADING=1", "READY=1");
      assertThat(systemd.said()).anyMatch(word -> word.startsWith("MONOTONIC_USEC="));
      await().atMost(Duration.ofSeconds(30)).until(() -> systemd.said().contains("WATCHDOG=1"));

      example.signal("TERM");
      awaitStates(systemd, "READY=1", "RELOADING=1", "READY=1", "STOPPING=1");
      assertThat(example.awaitExit()).as("%s", example.err()).isZero();
    }
  }

  @Test
  void theUnitFileInTheDocsIsRight(@TempDir Path folder) throws IOException, InterruptedException {
    Machine.need(
        Machine.runs("systemd-analyze", "--version"),
        "systemd-analyze is missing: install systemd");
    String page = Files.readString(Path.of(System.getProperty("example.docs"), "OPERATIONS.md"));
    Matcher unit = UNIT.matcher(page);
    assertThat(unit.find()).isTrue();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path file = folder.resolve("sticky-chat.service");
    Files.writeString(file, unit.group(1).replace("/usr/bin/java", java.toString()));

    Path output = folder.resolve("output.txt");
    int exitCode =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();

    List<String> complaints =
        Files.readAllLines(output).stream().filter(line -> line.contains("sticky-chat")).toList();
    assertThat(complaints).isEmpty();
    assertThat(exitCode).as("%s", Files.readString(output)).isZero();
  }

  private static void awaitStates(NotifySocket systemd, String... states) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(systemd.states()).containsExactly(states));
  }
}
