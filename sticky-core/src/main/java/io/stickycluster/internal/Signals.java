package io.stickycluster.internal;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Signals by name, where the operating system and the JVM let a program have them. */
public final class Signals {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Runs an action, on a thread of the JVM's, whenever a signal arrives. */
  public static void on(String name, Consumer<String> action) {
    try {
      Signal.handle(new Signal(name), signal -> action.accept(signal.getName()));
    } catch (IllegalArgumentException e) {
      log.debug("SIG{} is not to be had: {}", name, e.getMessage());
    }
  }

  /** Lets a signal do nothing. */
  public static void ignore(String name) {
    on(name, received -> log.debug("SIG{} is left to the master", received));
  }
}
