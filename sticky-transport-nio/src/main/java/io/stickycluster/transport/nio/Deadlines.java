package io.stickycluster.transport.nio;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Things that wait equally long, in the order of their deadlines. Confined to one thread. */
final class Deadlines<T> {

  private final LinkedHashMap<T, Long> deadlines = new LinkedHashMap<>();
  private final long waitNanos;

  Deadlines(Duration wait) {
    waitNanos = wait.toNanos();
  }

  void add(T item, long nowNanos) {
    deadlines.put(item, nowNanos + waitNanos);
  }

  void remove(T item) {
    deadlines.remove(item);
  }

  boolean isEmpty() {
    return deadlines.isEmpty();
  }

  /** Removes what is due and hands it to the action. */
  void expire(long nowNanos, Consumer<T> action) {
    while (!deadlines.isEmpty()) {
      Iterator<Map.Entry<T, Long>> entries = deadlines.entrySet().iterator();
      Map.Entry<T, Long> first = entries.next();
      if (nowNanos - first.getValue() < 0) {
        return;
      }
      entries.remove();
      action.accept(first.getKey());
    }
  }

  /** Removes everything and hands it to the action. */
  void clear(Consumer<T> action) {
    var all = java.util.List.copyOf(deadlines.keySet());
    deadlines.clear();
    all.forEach(action);
  }
}
