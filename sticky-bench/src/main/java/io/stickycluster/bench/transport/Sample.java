package io.stickycluster.bench.transport;

/**
 * What one round showed of one target.
 *
 * @param perSecond whole answers per second
 * @param cpuMicros processor time of the servers per answer, in microseconds
 * @param clientMicros processor time of the load generator per answer, in microseconds
 * @param othersShare how much of all processors' time others used meanwhile, 0 to 1
 * @param errors how many requests got no or a wrong answer
 * @param firstError what was wrong with the first one, or an empty text
 */
record Sample(
    double perSecond,
    double cpuMicros,
    double clientMicros,
    double othersShare,
    long errors,
    String firstError) {

  /**
   * Returns the answers that a second of processor time is good for, the client's part included: on
   * a machine that does nothing else, what all processors together reach is this times their
   * number.
   */
  double perCpuSecond() {
    return 1e6 / (cpuMicros + clientMicros);
  }

  /** Returns the same with another number of errors. */
  Sample withErrors(long count) {
    return new Sample(perSecond, cpuMicros, clientMicros, othersShare, count, firstError);
  }
}
