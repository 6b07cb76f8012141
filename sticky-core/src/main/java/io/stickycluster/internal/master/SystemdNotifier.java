package io.stickycluster.internal.master;

import io.stickycluster.ClusterListener;
import io.stickycluster.Master;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the cluster is, as a service of {@code Type=notify} does (see sd_notify(3)).
 * The JDK has no datagram sockets of the unix family, so the program systemd-notify sends the
 * words; its unit needs {@code NotifyAccess=all}.
 */
final class SystemdNotifier implements ClusterListener {

  private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);
  private static final long SEND_BOUND_SECONDS = 10;

  private final SupervisorLoop loop;
  private final Duration watchdogInterval;
  private volatile boolean stopped;

  private SystemdNotifier(SupervisorLoop loop, Duration watchdogInterval) {
    this.loop = loop;
    this.watchdogInterval = watchdogInterval;
  }

  /** Returns a notifier if this process is a service that systemd wants to hear from. */
  static Optional<SystemdNotifier> ofEnvironment(SupervisorLoop loop) {
    if (System.getenv("NOTIFY_SOCKET") == null) {
      return Optional.empty();
    }
    String watchdog = System.getenv("WATCHDOG_USEC");
    // Twice as often as systemd asks for, as sd_watchdog_enabled(3) recommends.
    Duration interval =
        watchdog == null || !watchdog.matches("\\d{1,18}")
            ? Duration.ZERO
            : Duration.ofNanos(Long.parseLong(watchdog) * 1000 / 2);
    return Optional.of(new SystemdNotifier(loop, interval));
  }

  @Override
  public void clusterReady(Master master) {
    send("READY=1", "MAINPID=" + ProcessHandle.current().pid(), status(master));
    if (!watchdogInterval.isZero()) {
      loop.schedule(watchdogInterval, this::showLife);
    }
  }

  /** Runs on the supervisor's loop, so that a stuck supervisor shows no life. */
  private void showLife() {
    if (!stopped) {
      Thread sender = new Thread(() -> send("WATCHDOG=1"), "sticky-systemd");
      sender.setDaemon(true);
      sender.start();
      loop.schedule(watchdogInterval, this::showLife);
    }
  }

  @Override
  public void reloading(Master master) {
    send("RELOADING=1", "MONOTONIC_USEC=" + monotonicMicros(), "STATUS=Replacing workers");
  }

  @Override
  public void reloaded(Master master, boolean success) {
    send("READY=1", success ? status(master) : "STATUS=Reload given up; old workers serve on");
  }

  @Override
  public void stopping(Master master) {
    stopped = true;
    send("STOPPING=1", "STATUS=Workers finish what is in flight");
  }

  private static String status(Master master) {
    return "STATUS=" + master.workers().size() + " workers serve on " + master.address();
  }

  /** Linux's System.nanoTime() is CLOCK_MONOTONIC, which systemd compares with. */
  private static long monotonicMicros() {
    return System.nanoTime() / 1000;
  }

  private static void send(String... words) {
    List<String> command = new ArrayList<>(List.of("systemd-notify"));
    command.addAll(List.of(words));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(SEND_BOUND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        log.warn("systemd-notify did not end within {} s", SEND_BOUND_SECONDS);
      } else if (process.exitValue() != 0) {
        log.warn("systemd-notify {} failed with {}", words[0], process.exitValue());
      }
    } catch (IOException e) {
      log.warn("can't tell systemd {}: {}", words[0], e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
