package io.stickycluster.internal.master;

import io.stickycluster.internal.process.ForkedProcess;
import io.stickycluster.internal.process.ProcessStarter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** An operating system whose processes live and die as a test says. */
final class FakeProcesses implements ProcessStarter {

  static final int SIGKILL = 128 + 9;

  final List<Fake> forked = new ArrayList<>();
  boolean refuses;

  @Override
  public ForkedProcess start(Map<String, String> environment) throws IOException {
    if (refuses) {
      throw new IOException("no more processes");
    }
    Fake fake = new Fake(1000 + forked.size(), environment);
    forked.add(fake);
    return fake;
  }

  Fake last() {
    return forked.get(forked.size() - 1);
  }

  /** A process that dies when killed, unless it is told to be stubborn. */
  static final class Fake implements ForkedProcess {
    final Map<String, String> environment;
    private final long pid;
    private final List<IntConsumer> actions = new ArrayList<>();
    boolean killed;
    boolean dead;

    Fake(long pid, Map<String, String> environment) {
      this.pid = pid;
      this.environment = environment;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public void kill() {
      killed = true;
      exit(SIGKILL);
    }

    @Override
    public void onExit(IntConsumer action) {
      actions.add(action);
    }

    void exit(int code) {
      if (!dead) {
        dead = true;
        actions.forEach(action -> action.accept(code));
      }
    }
  }
}
