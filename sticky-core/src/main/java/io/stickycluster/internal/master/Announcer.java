package io.stickycluster.internal.master;

import io.stickycluster.ClusterListener;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what happens, on a thread of its own, so that none can hold the supervisor up.
 */
final class Announcer {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final List<ClusterListener> listeners;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          action -> {
            Thread made = new Thread(action, "sticky-listeners");
            made.setDaemon(true);
            return made;
          });

  Announcer(List<ClusterListener> listeners) {
    this.listeners = listeners;
  }

  void tell(Consumer<ClusterListener> event) {
    if (listeners.isEmpty()) {
      return;
    }
    thread.execute(
        () -> {
          for (ClusterListener listener : listeners) {
            try {
              event.accept(listener);
            } catch (RuntimeException | Error e) {
              log.warn("{} threw; the cluster goes on", listener, e);
            }
          }
        });
  }

  /** Tells what was to be told, and no more. */
  void stop() {
    thread.shutdown();
  }
}
