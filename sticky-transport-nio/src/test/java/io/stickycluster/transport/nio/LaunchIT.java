package io.stickycluster.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One program, started in every way there is: its workers are started in the same way. */
@Timeout(120)
class LaunchIT {

  private static final Path SOURCES = Path.of("src", "test", "launch");
  private static final List<String> LIBRARIES =
      List.of(
          "sticky-core",
          "sticky-hash",
          "sticky-transport-nio",
          "guava",
          "failureaccess",
          "slf4j-api",
          "jspecify");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private static Path temporary;
  private static Path plainClasses;
  private static Path moduleClasses;

  @BeforeAll
  static void compile() throws IOException {
    plainClasses = Files.createDirectory(temporary.resolve("plain"));
    moduleClasses = Files.createDirectory(temporary.resolve("module"));
    String main = SOURCES.resolve("launch/app/Main.java").toString();
    javac("-cp", libraries(), "-d", plainClasses.toString(), main);
    javac(
        "-p",
        libraries(),
        "-d",
        moduleClasses.toString(),
        main,
        SOURCES.resolve("module-info.java").toString());
  }

  private static void javac(String... arguments) {
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
  }

  /** Returns the jars a program needs, as this test's own class path has them. */
  private static String libraries() {
    String libraries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(LaunchIT::isLibrary)
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(libraries.split(File.pathSeparator)).hasSize(LIBRARIES.size());
    return libraries;
  }

  private static boolean isLibrary(String entry) {
    String name = Path.of(entry).getFileName().toString();
    return name.endsWith(".jar")
        && !name.endsWith("-tests.jar")
        && LIBRARIES.stream().anyMatch(library -> name.matches(library + "-\\d.*"));
  }

  @Test
  void fromAClassPath() throws Exception {
    String how =
        workerOf(
            List.of("-cp", libraries() + File.pathSeparator + plainClasses, "launch.app.Main"));
    assertThat(how).contains("module=null");
  }

  @Test
  void fromAJar() throws Exception {
    workerOf(List.of("-jar", jar().toString()));
  }

  @Test
  void fromAModulePath() throws Exception {
    String path = libraries() + File.pathSeparator + moduleClasses;
    String how = workerOf(List.of("-p", path, "-m", "launch.app/launch.app.Main"));
    assertThat(how).contains("module=launch.app");
  }

  @Test
  void asAnIdeDoesWithADebuggerAndAnArgumentFile() throws Exception {
    Path arguments = temporary.resolve("arguments");
    Files.writeString(
        arguments, "-classpath \"" + libraries() + File.pathSeparator + plainClasses + "\"");
    String how =
        workerOf(
            List.of(
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0",
                "-Dcom.sun.management.jmxremote.port=0",
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false",
                "@" + arguments,
                "launch.app.Main"));
    assertThat(how).doesNotContain("jdwp", "jmxremote");
  }

  /** Starts the program, returns how its worker says it was started, and ends it. */
  private static String workerOf(List<String> launch) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA, "-Dlaunch.flag=a b", "-Xmx64m"));
    command.addAll(launch);
    command.addAll(List.of("first", "", "third word"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .put(
            "JAVA_TOOL_OPTIONS",
            "-agentlib:jdwp=transport=dt_socket,server=y," + "suspend=n,address=127.0.0.1:0");
    if (launch.get(0).startsWith("-agentlib")) {
      builder.environment().remove("JAVA_TOOL_OPTIONS");
    }
    Process master = builder.start();
    try {
      String how = get(awaitReady(master));
      assertThat(how).contains("args=[first, , third word]", "flag=a b", "-Xmx64m");
      assertThat(how).doesNotContain("jdwp");
      master.destroy();
      assertThat(master.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(master.exitValue()).isZero();
      return how;
    } finally {
      master.descendants().forEach(ProcessHandle::destroyForcibly);
      master.destroyForcibly();
    }
  }

  private static int awaitReady(Process master) throws IOException {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(master.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ready ")) {
        // What it says from here on must not fill the pipe.
        Thread drain = new Thread(() -> output.lines().forEach(rest -> {}), "output");
        drain.setDaemon(true);
        drain.start();
        return Integer.parseInt(line.substring(6));
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("the program ended before it was ready:\n" + said);
  }

  private static String get(int port) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static Path jar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, "launch.app.Main");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(libraries().split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    Path jar = temporary.resolve("program.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest);
        Stream<Path> classes = Files.walk(plainClasses)) {
      for (Path file : classes.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new ZipEntry(plainClasses.relativize(file).toString()));
        entries.write(Files.readAllBytes(file));
      }
    }
    return jar;
  }
}
