package io.stickycluster.bench.chaos;

/**
 * How the next worker of an index starts.
 *
 * @param delayMillis how long its program takes to start, in milliseconds
 * @param fails whether it fails instead
 */
record StartOrder(int delayMillis, boolean fails) {

  static final StartOrder NORMAL = new StartOrder(0, false);
  static final StartOrder FAIL = new StartOrder(0, true);

  /** What a worker that was told to fail says. */
  static final String FAILURE = "this start fails on purpose";

  static StartOrder slow(int millis) {
    return new StartOrder(millis, false);
  }

  static StartOrder parse(String text) {
    if (text.isEmpty()) {
      return NORMAL;
    }
    return text.equals("fail") ? FAIL : slow(Integer.parseInt(text));
  }

  /** Returns this order as the value of an environment variable. */
  String text() {
    if (fails) {
      return "fail";
    }
    return delayMillis == 0 ? "" : Integer.toString(delayMillis);
  }
}
