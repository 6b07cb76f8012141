package io.stickycluster.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes later workers start faster: the first one lists the classes it loads, a JVM of its own
 * turns the list into an archive in the background, and workers forked from then on map the archive
 * instead of loading the classes (JEP 310). The first requests load many more, so the archive is
 * made anew when the list has grown.
 *
 * <p>HotSpot checks the archive against the class path, so a program that has changed on disk just
 * starts as without. It archives classes from jars only; for a class path with directories the
 * attempt fails quietly. Safe for use by several threads.
 */
public final class ClassDataSharing {

  private static final Logger log = LoggerFactory.getLogger(ClassDataSharing.class);
  private static final long DUMP_BOUND_SECONDS = 120;
  private static final List<String> OWN_OPTIONS =
      List.of("-XX:SharedArchiveFile", "-XX:DumpLoadedClassList", "-Xshare", "-XX:AOT");

  /** How much longer the list must be for another archive to pay. */
  private static final double GROWTH = 1.05;

  private enum Stage {
    UNTRIED,
    LISTING,
    IMPOSSIBLE
  }

  private final List<String> command;
  private final Path list;
  private final Path archive;
  private final Path draft;
  private Stage stage;
  private boolean archived;
  private boolean dumping;
  private long dumpedListBytes;
  private int generation;
  private @Nullable Process dump;

  /**
   * Makes it for a worker command line.
   *
   * @param wanted whether it is to do anything at all
   */
  public ClassDataSharing(List<String> command, Path directory, boolean wanted) {
    this.command = List.copyOf(command);
    list = directory.resolve("classes.lst");
    archive = directory.resolve("classes.jsa");
    draft = directory.resolve("draft.jsa");
    boolean possible =
        wanted
            && isHotSpot()
            && command.stream().noneMatch(o -> OWN_OPTIONS.stream().anyMatch(o::startsWith));
    stage = possible ? Stage.UNTRIED : Stage.IMPOSSIBLE;
  }

  /** Builds of OpenJDK name it either way; other virtual machines know other options. */
  private static boolean isHotSpot() {
    String name = System.getProperty("java.vm.name", "");
    return name.contains("HotSpot") || name.startsWith("OpenJDK");
  }

  /** Returns what the next worker's JVM is to be told in addition. */
  public synchronized List<String> nextOptions() {
    if (stage == Stage.UNTRIED) {
      stage = Stage.LISTING;
      return List.of("-XX:DumpLoadedClassList=" + list);
    }
    return archived
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=off")
        : List.of();
  }

  /** Starts over, as the program on disk may have changed. */
  public synchronized void forget() {
    if (stage != Stage.IMPOSSIBLE) {
      startOver(Stage.UNTRIED);
    }
  }

  private void startOver(Stage next) {
    if (dump != null) {
      dump.destroyForcibly();
      dump = null;
    }
    stage = next;
    archived = false;
    dumping = false;
    dumpedListBytes = 0;
    generation++;
  }

  /** Makes the archive in the background, if there are classes listed that it doesn't have. */
  public synchronized void archive() {
    long listBytes = list.toFile().length();
    if (stage != Stage.LISTING || dumping || listBytes <= dumpedListBytes * GROWTH) {
      return;
    }
    dumping = true;
    dumpedListBytes = listBytes;
    int started = generation;
    Thread thread = new Thread(() -> dump(started), "sticky-class-data");
    thread.setDaemon(true);
    thread.start();
  }

  private void dump(int started) {
    try {
      Process process = startDump(started);
      if (process == null) {
        return;
      }
      boolean ended = process.waitFor(DUMP_BOUND_SECONDS, TimeUnit.SECONDS);
      finish(started, ended && process.exitValue() == 0);
    } catch (IOException e) {
      log.debug("no class data archive: {}", e.toString());
      finish(started, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Process startDump(int started) throws IOException {
    if (started != generation) {
      return null;
    }
    dump =
        new ProcessBuilder(dumpCommand())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return dump;
  }

  /** The worker's command line up to its program, told to dump instead of to run it. */
  List<String> dumpCommand() {
    WorkerCommand.Invocation worker =
        WorkerCommand.split(command.get(0), command.subList(1, command.size()));
    List<String> all = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/nice"))) {
      // Whoever serves goes first.
      all.addAll(List.of("/usr/bin/nice", "-n", "19"));
    }
    all.add(worker.java());
    all.addAll(worker.jvmOptions());
    all.addAll(
        List.of(
            "-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + draft));
    List<String> program = worker.program();
    if (program.get(0).equals("-jar")) {
      all.addAll(List.of("-cp", program.get(1)));
    }
    return all;
  }

  private synchronized void finish(int started, boolean success) {
    if (started != generation) {
      return;
    }
    dumping = false;
    dump = null;
    try {
      if (success) {
        // Workers that have mapped the old one keep it.
        Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE);
        archived = true;
        log.debug("class data archive for faster starts: made");
        return;
      }
    } catch (IOException e) {
      log.debug("no class data archive: {}", e.toString());
    }
    // The next one would fail, too.
    stage = Stage.IMPOSSIBLE;
    log.debug("class data archive for faster starts: {}", archived ? "not renewed" : "impossible");
  }

  /** Ends what runs in the background. */
  public synchronized void close() {
    startOver(Stage.IMPOSSIBLE);
  }
}
