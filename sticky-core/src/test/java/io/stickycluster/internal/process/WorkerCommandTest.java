package io.stickycluster.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerCommandTest {

  @Test
  void splitsAClassPathLaunch() {
    var split = split("-Xmx1g", "-cp", "a.jar:b.jar", "-Dx=1", "my.Main", "-cp", "arg");

    assertThat(split.jvmOptions()).containsExactly("-Xmx1g", "-cp", "a.jar:b.jar", "-Dx=1");
    assertThat(split.program()).containsExactly("my.Main", "-cp", "arg");
  }

  @Test
  void splitsAJarLaunch() {
    var split = split("-ea", "-jar", "app.jar", "--port=1", "");

    assertThat(split.jvmOptions()).containsExactly("-ea");
    assertThat(split.program()).containsExactly("-jar", "app.jar", "--port=1", "");
  }

  @Test
  void splitsAModuleLaunch() {
    var split = split("--module-path", "mods", "--add-modules", "x", "-m", "app/app.Main", "y");

    assertThat(split.jvmOptions()).containsExactly("--module-path", "mods", "--add-modules", "x");
    assertThat(split.program()).containsExactly("-m", "app/app.Main", "y");
  }

  @Test
  void splitsAnArgumentFileLaunch() {
    var split = split("-Dfile.encoding=UTF-8", "@/tmp/args", "my.Main");

    assertThat(split.jvmOptions()).containsExactly("-Dfile.encoding=UTF-8", "@/tmp/args");
    assertThat(split.program()).containsExactly("my.Main");
  }

  @Test
  void leavesOutDebuggersAndJmxPorts() {
    assertThat(
            WorkerCommand.shareable(
                List.of(
                    "-Xmx1g",
                    "-agentlib:jdwp=transport=dt_socket,address=5005",
                    "-Xdebug",
                    "-Xrunjdwp:transport=dt_socket",
                    "-Dcom.sun.management.jmxremote",
                    "-Dcom.sun.management.jmxremote.port=9010",
                    "-javaagent:/opt/idea/lib/idea_rt.jar=33333",
                    "-javaagent:/opt/tracing.jar",
                    "-Dmine=1")))
        .containsExactly("-Xmx1g", "-javaagent:/opt/tracing.jar", "-Dmine=1");
  }

  @Test
  void cleansOptionVariables() {
    assertThat(WorkerCommand.shareable("-Xmx1g -agentlib:jdwp=server=y")).isEqualTo("-Xmx1g");
    assertThat(WorkerCommand.shareable("-agentlib:jdwp=server=y")).isNull();
  }

  @Test
  void theEnvironmentSaysWhatItWasGiven() {
    WorkerEnvironment environment =
        new WorkerEnvironment(java.nio.file.Path.of("/tmp/x/c.sock"), "secret", 3, 17, 4711);

    assertThat(WorkerEnvironment.parse(environment.toMap())).contains(environment);
    assertThat(WorkerEnvironment.parse(Map.of())).isEmpty();
    assertThat(WorkerEnvironment.current()).isEmpty();
  }

  @Test
  void exitCodesAreSaidInWords() {
    assertThat(ExitWords.of(0)).isEqualTo("exit code 0");
    assertThat(ExitWords.of(137)).contains("SIGKILL");
    assertThat(ExitWords.of(134)).contains("SIGABRT", "hs_err_pid");
    assertThat(ExitWords.of(143)).contains("SIGTERM");
  }

  private static WorkerCommand.Invocation split(String... arguments) {
    return WorkerCommand.split("java", List.of(arguments));
  }
}
