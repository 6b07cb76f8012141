package io.stickycluster.internal.balance;

import java.util.Arrays;

/**
 * Cuts the unsigned 32-bit numbers into slices, each owned by one worker, so that every worker owns
 * an equal share (to one number) and growing by one worker takes an equal part of each of the
 * others' slices and moves nothing else.
 *
 * <p>The table for n workers is grown from that for one, in integer arithmetic alone: the same on
 * every host. It has about n²/3 slices. Immutable.
 */
final class SliceTable {

  private static final long SPACE = 1L << 32;

  private final int[] starts;
  private final int[] owners;

  /** The slice that holds the first number of every block of 2^shift numbers. */
  private final int[] firstOfBlock;

  private final int shift;

  private SliceTable(int[] starts, int[] owners) {
    this.starts = starts;
    this.owners = owners;
    // About four blocks a slice, so that a lookup starts at its slice or just before it.
    int blockBits = Math.min(34 - Integer.numberOfLeadingZeros(starts.length), 24);
    shift = 32 - blockBits;
    firstOfBlock = new int[1 << blockBits];
    int slice = 0;
    for (int block = 0; block < firstOfBlock.length; block++) {
      while (slice + 1 < starts.length
          && Integer.compareUnsigned(starts[slice + 1], block << shift) <= 0) {
        slice++;
      }
      firstOfBlock[block] = slice;
    }
  }

  /** Returns the table for this number of workers. */
  static SliceTable of(int workers) {
    Slices slices = new Slices(1);
    slices.add(0, 0);
    for (int n = 1; n < workers; n++) {
      slices = grow(slices, n);
    }
    return new SliceTable(slices.starts(), slices.owners());
  }

  /** Returns the owner of an unsigned 32-bit number. */
  int owner(int number) {
    int slice = firstOfBlock[number >>> shift];
    while (slice + 1 < starts.length && Integer.compareUnsigned(starts[slice + 1], number) <= 0) {
      slice++;
    }
    return owners[slice];
  }

  /** Returns where each slice starts, unsigned and ascending. */
  int[] starts() {
    return starts.clone();
  }

  /** Returns who owns each slice. */
  int[] owners() {
    return owners.clone();
  }

  private static long share(int workers, int index) {
    return SPACE / workers + (index < SPACE % workers ? 1 : 0);
  }

  /** Adds worker n to those from 0 to n - 1. */
  private static Slices grow(Slices old, int n) {
    long[] due = new long[n];
    for (int worker = 0; worker < n; worker++) {
      due[worker] = share(n, worker) - share(n + 1, worker);
    }
    Slices grown = new Slices(old.count + n);
    for (int i = 0; i < old.count; i++) {
      int owner = old.owner[i];
      long start = old.start[i];
      long end = i + 1 < old.count ? old.start[i + 1] : SPACE;
      long taken = Math.min(due[owner], end - start);
      due[owner] -= taken;
      // What is taken joins the new worker's slice before it, if there is one, else that behind it.
      if (taken > 0 && grown.lastOwner() == n) {
        start += taken;
        taken = 0;
      }
      if (start < end - taken) {
        grown.add(start, owner);
      }
      if (taken > 0) {
        grown.add(end - taken, n);
      }
    }
    return grown;
  }

  /** A growing list of slices. */
  private static final class Slices {
    private final long[] start;
    private final int[] owner;
    private int count;

    Slices(int capacity) {
      start = new long[capacity];
      owner = new int[capacity];
    }

    void add(long from, int worker) {
      start[count] = from;
      owner[count] = worker;
      count++;
    }

    int lastOwner() {
      return count == 0 ? -1 : owner[count - 1];
    }

    int[] starts() {
      return Arrays.stream(start, 0, count).mapToInt(value -> (int) value).toArray();
    }

    int[] owners() {
      return Arrays.copyOf(owner, count);
    }
  }
}
