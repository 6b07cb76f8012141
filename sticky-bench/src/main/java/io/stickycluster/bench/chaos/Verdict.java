package io.stickycluster.bench.chaos;

/**
 * Whether a promise was kept.
 *
 * @param evidence what shows that it was or wasn't
 */
record Verdict(String promise, boolean kept, String evidence) {

  /** A promise is kept if nothing speaks against it. */
  static Verdict of(String promise, String against, String otherwise) {
    return new Verdict(promise, against.isEmpty(), against.isEmpty() ? otherwise : against);
  }
}
