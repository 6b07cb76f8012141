package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What this process holds at a moment.
 *
 * @param descriptors the open sockets, pipes, epolls and the like, by kind; not files, since the
 *     JVM opens jars when it likes
 * @param threads the live threads by name, digits left out; not the JVM's own
 */
record Census(Map<String, Integer> descriptors, Map<String, Integer> threads) {

  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Threads that the JDK and Netty keep for a while or for good, whoever used them first. */
  private static final List<String> SHARED_THREADS =
      List.of(
          "process reaper",
          "Common-Cleaner",
          "Attach Listener",
          "ForkJoinPool.commonPool",
          "CompletableFutureDelayScheduler",
          "globalEventExecutor");

  private static Census take() throws IOException {
    return new Census(countDescriptors(), countThreads());
  }

  /** Waits until nothing changes any more, or for a while, and returns what there is then. */
  static Census takeCalmly() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Census last = take();
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(500);
      Census now = take();
      if (now.equals(last)) {
        return now;
      }
      last = now;
    }
    return last;
  }

  private static Map<String, Integer> countDescriptors() throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : all) {
        String target = target(descriptor);
        if (!target.startsWith("/")) {
          counts.merge(target.replaceAll("\\d+|:?\\[.*]", ""), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "/"; // closed since it was listed
    }
  }

  private static Map<String, Integer> countThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> SHARED_THREADS.stream().noneMatch(name::startsWith))
        .collect(
            Collectors.toMap(
                name -> name.replaceAll("\\d+", "N"), n -> 1, Integer::sum, TreeMap::new));
  }

  /** Returns what there is more of than there was, empty if nothing. */
  private String grownSince(Census before) {
    StringBuilder grown = new StringBuilder();
    compare("descriptors", before.descriptors, descriptors, grown);
    compare("threads", before.threads, threads, grown);
    return grown.toString();
  }

  private static void compare(
      String what, Map<String, Integer> before, Map<String, Integer> after, StringBuilder grown) {
    after.forEach(
        (name, count) -> {
          int had = before.getOrDefault(name, 0);
          if (count > had) {
            grown
                .append(grown.isEmpty() ? "" : ", ")
                .append("%s %s %d -> %d".formatted(what, name, had, count));
          }
        });
  }

  /** Waits until there is no more of anything than there was, or for a while. */
  static Verdict growth(String promise, Census before) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Census after = take();
    while (!after.grownSince(before).isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(100);
      after = take();
    }
    return Verdict.of(
        promise,
        after.grownSince(before),
        "%d -> %d descriptors, %d -> %d threads"
            .formatted(
                before.descriptorCount(),
                after.descriptorCount(),
                before.threadCount(),
                after.threadCount()));
  }

  private int descriptorCount() {
    return descriptors.values().stream().mapToInt(count -> count).sum();
  }

  private int threadCount() {
    return threads.values().stream().mapToInt(count -> count).sum();
  }

  /** Returns the bytes of live objects on the heap, after a garbage collection. */
  @SuppressWarnings("CallToSystemGC")
  static long liveHeapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Returns the private directories of clusters whose master is this process. */
  static List<Path> privateDirectories() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    String start = "sticky-" + ProcessHandle.current().pid() + "-";
    try (var all = Files.list(temporary)) {
      return all.filter(path -> path.getFileName().toString().startsWith(start)).toList();
    }
  }
}
