package io.stickycluster.internal.master;

import io.stickycluster.RespawnPolicy;
import java.util.ArrayDeque;

/** Counts the deaths of all workers within a window of time. */
final class RestartIntensity {

  private final RespawnPolicy policy;
  private final ArrayDeque<Long> deaths = new ArrayDeque<>();

  RestartIntensity(RespawnPolicy policy) {
    this.policy = policy;
  }

  /** Counts a death and returns whether there are now more of them than are borne. */
  boolean exceededBy(long nowNanos) {
    deaths.addLast(nowNanos);
    while (nowNanos - deaths.getFirst() > policy.window().toNanos()) {
      deaths.removeFirst();
    }
    return deaths.size() > policy.maxRestarts();
  }
}
