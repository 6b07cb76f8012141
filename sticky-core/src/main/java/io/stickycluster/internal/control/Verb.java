package io.stickycluster.internal.control;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The framework's own messages; on the link their names are the cluster's prefix and the verb. */
public enum Verb {
  /** Worker: here I am, with my token. */
  HELLO,
  /** Master: you are known; this is how connections will reach you. */
  WELCOME,
  /** Worker: I serve. */
  READY,
  /** Worker: I can't start, and this is why. */
  FAILED,
  /** Master: take no new connections, finish, exit. */
  DRAIN,
  /** Master: show that you live. */
  PING,
  /** Worker: I live. */
  PONG,
  /** Worker: my counters. */
  COUNTERS,
  /** Worker: somebody asked me to end; replace me. */
  LEAVE;

  /** Returns the name on the link. */
  public String name(String prefix) {
    return prefix + name().toLowerCase(Locale.ROOT);
  }

  /** Returns the verb of a name on the link, or null if it isn't the framework's. */
  public static @Nullable Verb of(String prefix, String name) {
    if (name.startsWith(prefix)) {
      for (Verb verb : values()) {
        if (verb.name(prefix).equals(name)) {
          return verb;
        }
      }
    }
    return null;
  }
}
