package io.stickycluster.bench.chaos;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * Who served which index when: the numbers of workers there were and the deaths that were wanted.
 * Times are those of {@link System#nanoTime}. Safe for use by several threads.
 */
final class History {

  private static final long OPEN = Long.MAX_VALUE;

  /** A wanted death of one process. */
  static final class Death {
    private final int index;
    private final long pid;
    private final String cause;
    private final long fromNanos;
    private volatile long deadNanos = OPEN;

    private Death(int index, long pid, String cause, long fromNanos) {
      this.index = index;
      this.pid = pid;
      this.cause = cause;
      this.fromNanos = fromNanos;
    }

    int index() {
      return index;
    }

    long pid() {
      return pid;
    }

    /** Returns whether it can have cut a connection that lived from one time to another. */
    boolean mayHaveCut(long start, long end) {
      return start <= deadNanos && end >= fromNanos;
    }

    @Override
    public String toString() {
      return cause + " of worker " + index + " (pid " + pid + ")";
    }
  }

  /** A time in which a number of workers was, or might have been, the one that counts. */
  private static final class Span {
    private final int workers;
    private final long fromNanos;
    private long toNanos = OPEN;

    Span(int workers, long fromNanos) {
      this.workers = workers;
      this.fromNanos = fromNanos;
    }
  }

  private final IntFunction<ToIntFunction<byte[]>> routers;
  private final List<Span> spans = new ArrayList<>();
  private final List<Death> deaths = new ArrayList<>();

  /**
   * Begins with a number of workers.
   *
   * @param routers tells the index of an address for a number of workers
   */
  History(IntFunction<ToIntFunction<byte[]>> routers, int workers) {
    this.routers = routers;
    spans.add(new Span(workers, Long.MIN_VALUE));
  }

  /** From now on clients may be routed over another number of workers, too. */
  synchronized void scalingBegins(int workers, long now) {
    spans.add(new Span(workers, now));
  }

  /** From now on clients are routed over one number of workers only. */
  synchronized void scalingEnded(int workers, long now) {
    boolean kept = false;
    for (Span span : spans) {
      if (span.toNanos == OPEN) {
        if (span.workers == workers && !kept) {
          kept = true;
        } else {
          span.toNanos = now;
        }
      }
    }
  }

  /** A process dies from now on. */
  synchronized Death dying(int index, long pid, String cause, long now) {
    Death death = new Death(index, pid, cause, now);
    deaths.add(death);
    return death;
  }

  /** A process is gone. */
  synchronized void dead(long pid, long now) {
    deaths.stream().filter(death -> death.pid == pid).forEach(death -> death.deadNanos = now);
  }

  synchronized boolean wasToDie(long pid) {
    return deaths.stream().anyMatch(death -> death.pid == pid);
  }

  synchronized List<Death> deaths() {
    return List.copyOf(deaths);
  }

  /** Returns the indices that might have served a client's connection. */
  synchronized Set<Integer> indices(InetAddress client, long start, long end) {
    Set<Integer> indices = new TreeSet<>();
    for (Span span : spans) {
      if (span.fromNanos <= end && span.toNanos >= start) {
        indices.add(routers.apply(span.workers).applyAsInt(client.getAddress()));
      }
    }
    return indices;
  }

  /** Returns the deaths that may have cut a client's connection to an unknown process. */
  List<Death> mayHaveCut(InetAddress client, long start, long end) {
    Set<Integer> indices = indices(client, start, end);
    return deaths().stream()
        .filter(death -> indices.contains(death.index) && death.mayHaveCut(start, end))
        .toList();
  }
}
