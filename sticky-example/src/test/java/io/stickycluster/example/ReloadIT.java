package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rolling reloads under real clients, on each road. */
class ReloadIT {

  private static final String CLIENT = "127.0.0.9";
  private static final String TITLE = "<title>sticky-cluster chat</title>";
  private static final String NEW_TITLE = "<title>a new version of the chat</title>";

  @BeforeAll
  static void installClients() {
    NodeClients.require();
  }

  @EveryRoad
  void aReloadReplacesEveryWorkerWithoutAFailedRequestOrAMovedClient(String road) {
    try (ExampleProcess example = start(road)) {
      List<ProcessHandle> before = example.workers();
      assertThat(before).hasSize(2);

      NodeClients.Outcome outcome = run(example, "reload.mjs");

      assertThat(outcome.lines())
          .as("%s: %s", road, example.err())
          .containsExactly("failed=0 moved=0 renewed=16 of=16");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> before.stream().noneMatch(ExampleProcess::isRunning));
      assertThat(example.workers()).hasSize(2).doesNotContainAnyElementsOf(before);
    }
  }

  @EveryRoad
  void noRequestFailsWhileReloadsFollowOneAnother(String road) {
    try (ExampleProcess example = start(road)) {
      NodeClients.Outcome outcome = run(example, "posts.mjs", "300");
      assertThat(outcome.lines())
          .as("%s: %s", road, example.err())
          .containsExactly("failed=0 sent=enough reloads=enough");
    }
  }

  @Test
  void aReloadRunsTheJarThatIsOnDiskNow(@TempDir Path folder) throws IOException {
    Path jar = Files.copy(ExampleProcess.JAR, folder.resolve("chat.jar"));
    try (ExampleProcess example = ExampleProcess.start(jar, "--workers=2")) {
      assertThat(example.http("/", CLIENT).body()).contains(TITLE).doesNotContain(NEW_TITLE);

      Path newJar = Files.copy(jar, folder.resolve("chat.jar.new"));
      try (FileSystem content = FileSystems.newFileSystem(newJar)) {
        Path page = content.getPath("web/index.html");
        Files.writeString(page, Files.readString(page).replace(TITLE, NEW_TITLE));
      }
      Files.move(newJar, jar, StandardCopyOption.ATOMIC_MOVE);
      example.signal("HUP");

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> example.http("/", CLIENT).body().contains(NEW_TITLE));
    }
  }

  private static ExampleProcess start(String road) {
    return ExampleProcess.startReady(("--workers=2 " + road).split(" ", -1));
  }

  private static NodeClients.Outcome run(
      ExampleProcess example, String script, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "http://127.0.0.1:" + example.port();
    all[1] = Long.toString(example.pid());
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return NodeClients.run(script, all);
  }
}
