package io.stickycluster.bench.chaos;

import java.util.List;

/**
 * Whether a promise was kept.
 *
 * @param evidence what shows that it was or wasn't
 */
record Verdict(String promise, boolean kept, String evidence) {

  private static final int MAX_SHOWN = 3;

  /** A promise is kept if nothing speaks against it; shows the first things that do. */
  static Verdict of(String promise, List<?> against, String otherwise) {
    List<String> shown = against.stream().limit(MAX_SHOWN).map(Object::toString).toList();
    String more =
        against.size() > MAX_SHOWN ? ", and %d more".formatted(against.size() - MAX_SHOWN) : "";
    return of(promise, String.join("; ", shown) + more, otherwise);
  }

  /** A promise is kept if nothing speaks against it. */
  static Verdict of(String promise, String against, String otherwise) {
    return new Verdict(promise, against.isEmpty(), against.isEmpty() ? otherwise : against);
  }
}
