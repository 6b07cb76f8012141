package io.stickycluster.internal.process;

import io.stickycluster.ClusterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the command line that starts this program again: same java, JVM options, class or module
 * path, main class or jar, and arguments; without the options that two processes can't share.
 */
public final class WorkerCommand {

  private static final Path OWN_COMMAND_LINE = Path.of("/proc/self/cmdline");

  /** Options of the java launcher that take the next argument as their value. */
  private static final List<String> OPTIONS_WITH_VALUE =
      List.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--add-reads",
          "--add-exports",
          "--add-opens",
          "--limit-modules",
          "--patch-module",
          "--enable-native-access",
          "--illegal-native-access",
          "--source",
          "--describe-module",
          "-d");

  private WorkerCommand() {}

  /** Returns the command line of a worker. */
  public static List<String> of(ClusterOptions options) {
    Invocation own = ownInvocation();
    List<String> command = new ArrayList<>();
    command.add(own.java());
    command.addAll(shareable(own.jvmOptions()));
    if (Runtime.version().feature() >= 24
        && own.jvmOptions().stream().noneMatch(o -> o.startsWith("--enable-native-access"))) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options.workerJvmOptions());
    String mainClass = options.workerMainClass();
    if (mainClass == null) {
      command.addAll(own.program());
    } else {
      command.addAll(classPathUnlessGiven(command));
      command.add(mainClass);
      command.addAll(options.workerArguments());
    }
    return command;
  }

  private static List<String> classPathUnlessGiven(List<String> command) {
    boolean given =
        command.stream().anyMatch(o -> List.of("-cp", "-classpath", "--class-path").contains(o));
    return given ? List.of() : List.of("-cp", System.getProperty("java.class.path"));
  }

  private static Invocation ownInvocation() {
    if (Files.isReadable(OWN_COMMAND_LINE)) {
      try {
        String raw = Files.readString(OWN_COMMAND_LINE, StandardCharsets.UTF_8);
        List<String> arguments = List.of(raw.split("\0", -1));
        return split(javaBinary(), arguments.subList(1, arguments.size() - 1));
      } catch (IOException e) {
        throw new UncheckedIOException("can't read " + OWN_COMMAND_LINE, e);
      }
    }
    return fromRuntime();
  }

  private static String javaBinary() {
    return ProcessHandle.current()
        .info()
        .command()
        .orElseGet(() -> Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /** Where there is no command line to read, the runtime still knows its parts. */
  private static Invocation fromRuntime() {
    List<String> jvmOptions =
        new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
    List<String> program = new ArrayList<>();
    String command = System.getProperty("sun.java.command", "");
    String module = System.getProperty("jdk.module.main");
    String modulePath = System.getProperty("jdk.module.path");
    String classPath = System.getProperty("java.class.path", "");
    if (modulePath != null) {
      jvmOptions.add("--module-path=" + modulePath);
    }
    List<String> words = List.of(command.split(" ", -1));
    if (module != null) {
      program.add("-m");
    } else if (words.get(0).endsWith(".jar")) {
      program.add("-jar");
    } else if (!classPath.isEmpty()) {
      jvmOptions.add("-cp");
      jvmOptions.add(classPath);
    }
    program.addAll(words);
    return new Invocation(javaBinary(), jvmOptions, program);
  }

  /** Splits a command line, without the java binary, into JVM options and the program. */
  static Invocation split(String java, List<String> arguments) {
    int program = 0;
    while (program < arguments.size()) {
      String argument = arguments.get(program);
      if (OPTIONS_WITH_VALUE.contains(argument)) {
        program += 2;
      } else if (argument.equals("-jar") || argument.equals("-m") || argument.equals("--module")) {
        break;
      } else if (argument.startsWith("-") || argument.startsWith("@")) {
        program++;
      } else {
        break;
      }
    }
    int end = Math.min(program, arguments.size());
    return new Invocation(
        java, arguments.subList(0, end), arguments.subList(end, arguments.size()));
  }

  /** Leaves out what would make a second process fight for the first one's port or file. */
  static List<String> shareable(List<String> jvmOptions) {
    return jvmOptions.stream().filter(option -> !isPrivate(option)).toList();
  }

  private static boolean isPrivate(String option) {
    return isDebugger(option)
        || option.startsWith("-Dcom.sun.management.jmxremote")
        || option.startsWith("-Dcom.sun.management.config.file")
        || (option.startsWith("-javaagent:") && option.contains("idea_rt.jar"))
        || option.startsWith("-XX:ArchiveClassesAtExit");
  }

  static boolean isDebugger(String option) {
    return option.startsWith("-agentlib:jdwp")
        || (option.startsWith("-agentpath:") && option.contains("jdwp"))
        || option.startsWith("-Xrunjdwp")
        || option.equals("-Xdebug");
  }

  /** Returns the value of an option-carrying variable without private options, or null if empty. */
  static @Nullable String shareable(String variable) {
    List<String> kept = shareable(List.of(variable.trim().split("\\s+")));
    return kept.isEmpty() ? null : String.join(" ", kept);
  }

  /** Returns whether this JVM runs under a debugger. */
  public static boolean isDebugged() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(WorkerCommand::isDebugger);
  }

  /**
   * One java command line.
   *
   * @param java the java binary
   * @param jvmOptions what stands before the program
   * @param program {@code -jar} and the jar, {@code -m} and the module, or the main class or source
   *     file; then its arguments
   */
  record Invocation(String java, List<String> jvmOptions, List<String> program) {}
}
