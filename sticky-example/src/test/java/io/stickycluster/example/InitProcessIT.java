package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The example as process 1, as in a container without an init of its own. */
class InitProcessIT {

  private static final List<String> AS_ROOT = List.of("unshare", "--pid", "--fork", "--mount-proc");
  private static final List<String> AS_USER =
      List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc");

  private static List<String> unshare = AS_ROOT;

  @BeforeAll
  static void requireNamespaces() {
    unshare = permitted(AS_ROOT) ? AS_ROOT : AS_USER;
    Machine.need(permitted(unshare), "a new pid namespace is not permitted here (unshare --pid)");
  }

  @Test
  void asProcess1ItServesReapsOrphansAndEndsGracefully() {
    // The shell leaves an orphan behind and becomes the example, which thus is the orphan's parent.
    List<String> launcher = new ArrayList<>(unshare);
    launcher.addAll(
        List.of("sh", "-c", "(sleep 300 </dev/null >/dev/null 2>&1 &); exec \"$@\"", "sh"));
    try (ExampleProcess example = ExampleProcess.start(launcher, Map.of(), "--workers=2")) {
      assertThat(example.ready().pid()).isEqualTo(1);
      assertThat(example.whoIs("127.0.0.9").client()).isEqualTo("127.0.0.9");

      ProcessHandle master = example.launched();
      ProcessHandle orphan =
          master.children().filter(InitProcessIT::isSleep).findFirst().orElseThrow();
      orphan.destroyForcibly();
      // A zombie would keep its entry for good.
      Path entry = Path.of("/proc", Long.toString(orphan.pid()));
      await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(entry));

      ExampleProcess.signal("TERM", master);
      assertThat(example.awaitExit()).as("%s", example.err()).isZero();
    }
  }

  private static boolean isSleep(ProcessHandle process) {
    return process.info().command().filter(path -> path.endsWith("/sleep")).isPresent();
  }

  private static boolean permitted(List<String> command) {
    List<String> trial = new ArrayList<>(command);
    trial.add("true");
    return Machine.runs(trial.toArray(new String[0]));
  }
}
