package io.stickycluster.internal.process;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reaps orphans where this process is the init of a container: the system gives it the children of
 * dead workers, which would stay zombies for good.
 *
 * <p>Java has no public way to wait for a process it didn't start, so this asks the JDK's own
 * reaper, which needs {@code --add-opens java.base/java.lang=ALL-UNNAMED} (or the manifest's {@code
 * Add-Opens}). Without it one line says what to do instead.
 */
public final class OrphanReaper {

  private static final Logger log = LoggerFactory.getLogger(OrphanReaper.class);
  private static final long INTERVAL_SECONDS = 1;

  private final Method reap;
  private final Set<Long> seen = new HashSet<>();

  private OrphanReaper(Method reap) {
    this.reap = reap;
  }

  /** Starts to reap if this process is an init; does nothing otherwise. */
  public static void startIfInit() {
    if (ProcessHandle.current().pid() != 1) {
      return;
    }
    try {
      Method method =
          Class.forName("java.lang.ProcessHandleImpl")
              .getDeclaredMethod("completion", long.class, boolean.class);
      method.setAccessible(true);
      OrphanReaper reaper = new OrphanReaper(method);
      ScheduledExecutorService timer =
          Executors.newSingleThreadScheduledExecutor(
              action -> {
                Thread made = new Thread(action, "sticky-reaper");
                made.setDaemon(true);
                return made;
              });
      var unused =
          timer.scheduleWithFixedDelay(
              reaper::reapZombies, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.warn(
          "this process is the init of its container but may not reap orphans; add"
              + " --add-opens java.base/java.lang=ALL-UNNAMED, or run with an init such as tini"
              + " (docker run --init)");
    }
  }

  /** A zombie seen twice is nobody's whom the JDK already waits for. */
  private void reapZombies() {
    Set<Long> zombies = new HashSet<>();
    ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .filter(OrphanReaper::isZombie)
        .forEach(zombies::add);
    for (Long pid : zombies) {
      if (seen.contains(pid)) {
        try {
          reap.invoke(null, pid, true);
        } catch (ReflectiveOperationException e) {
          log.debug("can't reap {}: {}", pid, e.toString());
        }
      }
    }
    seen.clear();
    seen.addAll(zombies);
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
