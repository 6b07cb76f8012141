package io.stickycluster.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataSharingTest {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private Path directory;

  @Test
  void aSecondProcessStartsFromTheArchiveOfTheFirst() throws Exception {
    List<String> command = List.of(JAVA, "-cp", jarOfThisClass().toString(), Idle.class.getName());
    ClassDataSharing sharing = new ClassDataSharing(command, directory, true);
    List<String> first = sharing.nextOptions();
    assertThat(first).singleElement().asString().startsWith("-XX:DumpLoadedClassList=");
    assertThat(run(command, first)).isZero();
    assertThat(sharing.nextOptions()).isEmpty();

    sharing.archive();
    List<String> second =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(sharing::nextOptions, options -> !options.isEmpty());
    List<String> strict = new ArrayList<>(second);
    strict.replaceAll(option -> option.equals("-Xshare:auto") ? "-Xshare:on" : option);
    assertThat(run(command, strict)).as("runs only if the archive can be mapped").isZero();

    Path archive = directory.resolve("classes.jsa");
    FileTime made = Files.getLastModifiedTime(archive);
    Path list = directory.resolve("classes.lst");
    Files.writeString(list, "java/util/Formatter\n".repeat(5000), StandardOpenOption.APPEND);
    sharing.archive();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> !Files.getLastModifiedTime(archive).equals(made));
    assertThat(sharing.nextOptions()).isEqualTo(second);

    sharing.forget();
    assertThat(sharing.nextOptions()).isEqualTo(first);
    sharing.close();
    assertThat(sharing.nextOptions()).isEmpty();
  }

  @Test
  void aProgramWithAnArchiveOfItsOwnIsLeftAlone() {
    List<String> command = List.of(JAVA, "-XX:SharedArchiveFile=own.jsa", "-jar", "app.jar");

    assertThat(new ClassDataSharing(command, directory, true).nextOptions()).isEmpty();
  }

  @Test
  void nothingIsDoneUnwanted() {
    List<String> command = List.of(JAVA, "-jar", "app.jar");

    assertThat(new ClassDataSharing(command, directory, false).nextOptions()).isEmpty();
  }

  @Test
  void theDumpRunsTheSameJvmWithTheSameClassPath() {
    ClassDataSharing sharing =
        new ClassDataSharing(List.of(JAVA, "-Xmx1g", "-jar", "app.jar", "x"), directory, true);

    assertThat(sharing.dumpCommand())
        .contains("-Xmx1g", "-Xshare:dump")
        .endsWith("-cp", "app.jar")
        .doesNotContain("-jar", "x");
  }

  private static int run(List<String> command, List<String> options)
      throws IOException, InterruptedException {
    List<String> full = new ArrayList<>(command);
    full.addAll(1, options);
    return new ProcessBuilder(full).inheritIO().start().waitFor();
  }

  private Path jarOfThisClass() throws IOException {
    Path jar = directory.resolve("idle.jar");
    String entry = Idle.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        var bytes = Idle.class.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new ZipEntry(entry));
      bytes.transferTo(out);
    }
    return jar;
  }

  /** A program that does nothing. */
  static final class Idle {
    private Idle() {}

    public static void main(String[] args) {}
  }
}
