package io.stickycluster.internal.balance;

/** The bound on the number of workers. */
final class Workers {

  private Workers() {}

  /**
   * Returns the number given.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  static int check(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("the number of workers must be at least 1: " + workers);
    }
    return workers;
  }
}
