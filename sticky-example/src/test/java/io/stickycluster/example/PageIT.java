package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a real browser. */
class PageIT {

  private static final List<String> BROWSERS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  @BeforeAll
  static void installBrowserDriver() {
    NodeClients.require();
    Machine.need(!browser().isEmpty(), "no browser: install Chromium in one of " + BROWSERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"netty", "nio"})
  void aVisitorJoinsTheChatAndAlwaysFindsTheSameWorker(String transport) {
    try (ExampleProcess example =
        ExampleProcess.startReady("--workers=3", "--transport=" + transport)) {
      WhoIs expected = example.whoIs("127.0.0.1");
      NodeClients.Outcome outcome =
          NodeClients.run(
              "page.mjs",
              "http://127.0.0.1:" + example.port(),
              browser(),
              System.getProperty("example.target") + "/page-" + transport + ".png");
      assertThat(outcome.exitCode()).as("%s", outcome.lines()).isZero();
      String worker = Integer.toString(expected.worker());
      assertThat(seen(outcome.lines()))
          .containsEntry("worker", worker)
          .containsEntry("pid", Long.toString(expected.pid()))
          .containsEntry("address", "127.0.0.1")
          .containsEntry("room", expected.env().get("CHAT_ROOM"))
          .containsEntry("asked", worker)
          .containsEntry("again", worker)
          .containsEntry("back", worker)
          .containsEntry("message", "<b>hello</b> from a browser")
          .containsEntry("people", "Ada you127.0.0.1")
          .containsEntry("fits-phone", "true")
          .containsEntry("faults", "");
    }
  }

  private static String browser() {
    return BROWSERS.stream()
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElse("");
  }

  private static Map<String, String> seen(List<String> lines) {
    return lines.stream()
        .map(line -> line.split("=", 2))
        .filter(parts -> parts.length == 2)
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (first, second) -> second));
  }
}
