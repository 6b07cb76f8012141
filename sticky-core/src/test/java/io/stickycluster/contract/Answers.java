package io.stickycluster.contract;

import io.stickycluster.Worker;

/**
 * The little protocol of contract workers: a line {@code who} is answered by one line, {@code slow
 * <ms>} by the same after a while.
 */
public final class Answers {

  /** The variable that contract clusters set for every worker. */
  public static final String VARIABLE = "CONTRACT_INDEX";

  private Answers() {}

  /** Returns how long the worker is to wait before it answers a request line, in milliseconds. */
  public static long delayMillis(String request) {
    return request.startsWith("slow ") ? Long.parseLong(request.substring(5).trim()) : 0;
  }

  /** Returns the answer, without the line's end. */
  public static String answer(Worker worker, String clientAddress) {
    return String.join(
        " ",
        Integer.toString(worker.index()),
        Long.toString(worker.id()),
        Long.toString(ProcessHandle.current().pid()),
        System.getenv(VARIABLE),
        clientAddress);
  }
}
