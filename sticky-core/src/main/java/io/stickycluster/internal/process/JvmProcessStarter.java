package io.stickycluster.internal.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Starts workers as JVMs that share the master's output and see no input. */
public final class JvmProcessStarter implements ProcessStarter {

  /** Variables whose options the launcher adds to those of the command line. */
  private static final List<String> OPTION_VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final List<String> command;
  private final ClassDataSharing classData;

  /** Makes a starter that runs this command for every worker. */
  public JvmProcessStarter(List<String> command, ClassDataSharing classData) {
    this.command = List.copyOf(command);
    this.classData = classData;
  }

  @Override
  public ForkedProcess start(Map<String, String> environment) throws IOException {
    List<String> full = new ArrayList<>(command);
    full.addAll(1, classData.nextOptions());
    ProcessBuilder builder = new ProcessBuilder(full);
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith(WorkerEnvironment.RESERVED));
    // The service manager talks to the master alone.
    variables.keySet().removeAll(List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"));
    for (String name : OPTION_VARIABLES) {
      variables.computeIfPresent(name, (n, value) -> WorkerCommand.shareable(value));
    }
    variables.putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Jvm(process);
  }

  private record Jvm(Process process) implements ForkedProcess {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }

    /**
     * Waits on a thread of its own: the future of {@link Process#onExit()} completes on the common
     * pool, which the program may keep busy for as long as it likes.
     */
    @Override
    public void onExit(IntConsumer action) {
      Thread waiting = new Thread(() -> await(action), "sticky-wait-" + process.pid());
      waiting.setDaemon(true);
      waiting.start();
    }

    private void await(IntConsumer action) {
      try {
        action.accept(process.waitFor());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
