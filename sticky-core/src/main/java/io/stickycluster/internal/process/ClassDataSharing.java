package io.stickycluster.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes later workers start faster: the first one lists the classes it loads, a JVM of its own
 * turns the list into an archive in the background, and workers forked from then on map the archive
 * instead of loading the classes (JEP 310).
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

  private enum Stage {
    UNTRIED,
    LISTING,
    DUMPING,
    ARCHIVED,
    IMPOSSIBLE
  }

  private final List<String> command;
  private final Path list;
  private final Path archive;
  private Stage stage;
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
    switch (stage) {
      case UNTRIED -> {
        stage = Stage.LISTING;
        return List.of("-XX:DumpLoadedClassList=" + list);
      }
      case ARCHIVED -> {
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=off");
      }
      default -> {
        return List.of();
      }
    }
  }

  /** Starts over, as the program on disk may have changed. */
  public synchronized void forget() {
    if (stage != Stage.IMPOSSIBLE) {
      stopDump();
      stage = Stage.UNTRIED;
      generation++;
    }
  }

  /** Makes the archive in the background, if the classes are listed and it isn't made already. */
  public synchronized void archive() {
    if (stage != Stage.LISTING || !Files.isReadable(list)) {
      return;
    }
    stage = Stage.DUMPING;
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
      finish(started, ended && process.exitValue() == 0 && Files.isReadable(archive));
    } catch (IOException e) {
      log.debug("no class data archive: {}", e.toString());
      finish(started, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Process startDump(int started) throws IOException {
    if (started != generation || stage != Stage.DUMPING) {
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
            "-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive));
    List<String> program = worker.program();
    if (program.get(0).equals("-jar")) {
      all.addAll(List.of("-cp", program.get(1)));
    }
    return all;
  }

  private synchronized void finish(int started, boolean success) {
    dump = null;
    if (started == generation && stage == Stage.DUMPING) {
      stage = success ? Stage.ARCHIVED : Stage.IMPOSSIBLE;
      log.debug("class data archive for faster starts: {}", success ? "made" : "not possible");
    }
  }

  /** Ends what runs in the background. */
  public synchronized void close() {
    stopDump();
    stage = Stage.IMPOSSIBLE;
    generation++;
  }

  private void stopDump() {
    if (dump != null) {
      dump.destroyForcibly();
      dump = null;
    }
  }
}
