package io.stickycluster.internal.balance;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Remembers the index of each key, up to a bound and for a time; past the bound the key unused for
 * longest is forgotten. A hash table with a list through it in order of use, all in arrays, so that
 * nothing is allocated after its creation. Not safe for use by several threads.
 */
final class BoundedLoadMemory {

  /** Returned for a key that isn't remembered. */
  static final int ABSENT = -1;

  private static final int NONE = -1;

  private final int[] buckets;
  private final int[] nextInBucket;
  private final int[] older;
  private final int[] newer;
  private final int[] keys;
  private final int[] indexes;
  private final long[] lastUseNanos;
  private final long expiryNanos;
  // Keys may be chosen by clients; they must not be able to choose buckets as well.
  private final int seed = ThreadLocalRandom.current().nextInt();
  private int size;
  private int oldest = NONE;
  private int newest = NONE;

  /**
   * Makes an empty memory.
   *
   * @param maxKeys how many keys it holds, from 1 to 2^28
   * @param expiryNanos how long a key is remembered after its last use
   */
  BoundedLoadMemory(int maxKeys, long expiryNanos) {
    this.expiryNanos = expiryNanos;
    buckets = new int[Integer.highestOneBit(maxKeys) * 2];
    Arrays.fill(buckets, NONE);
    nextInBucket = new int[maxKeys];
    older = new int[maxKeys];
    newer = new int[maxKeys];
    keys = new int[maxKeys];
    indexes = new int[maxKeys];
    lastUseNanos = new long[maxKeys];
  }

  /** Returns a key's index and counts this as a use, or {@link #ABSENT}. */
  int use(int key, long nowNanos) {
    int entry = find(key);
    if (entry == NONE || nowNanos - lastUseNanos[entry] > expiryNanos) {
      return ABSENT;
    }
    touch(entry, nowNanos);
    return indexes[entry];
  }

  /** Remembers a key's index, in place of what was remembered for it before. */
  void put(int key, int index, long nowNanos) {
    int entry = find(key);
    if (entry == NONE) {
      entry = size < keys.length ? add() : reuseOldest();
      keys[entry] = key;
      int bucket = bucket(key);
      nextInBucket[entry] = buckets[bucket];
      buckets[bucket] = entry;
    }
    indexes[entry] = index;
    touch(entry, nowNanos);
  }

  /** Returns how many keys are remembered, expired ones included. */
  int size() {
    return size;
  }

  private int find(int key) {
    int entry = buckets[bucket(key)];
    while (entry != NONE && keys[entry] != key) {
      entry = nextInBucket[entry];
    }
    return entry;
  }

  private int bucket(int key) {
    return Fmix32.mix(key ^ seed) & (buckets.length - 1);
  }

  private int add() {
    int entry = size++;
    link(entry);
    return entry;
  }

  private int reuseOldest() {
    int entry = oldest;
    int bucket = bucket(keys[entry]);
    if (buckets[bucket] == entry) {
      buckets[bucket] = nextInBucket[entry];
    } else {
      int before = buckets[bucket];
      while (nextInBucket[before] != entry) {
        before = nextInBucket[before];
      }
      nextInBucket[before] = nextInBucket[entry];
    }
    return entry;
  }

  private void touch(int entry, long nowNanos) {
    lastUseNanos[entry] = nowNanos;
    if (entry != newest) {
      unlink(entry);
      link(entry);
    }
  }

  private void link(int entry) {
    older[entry] = newest;
    newer[entry] = NONE;
    if (newest == NONE) {
      oldest = entry;
    } else {
      newer[newest] = entry;
    }
    newest = entry;
  }

  /** Takes an entry out that isn't the newest. */
  private void unlink(int entry) {
    int before = older[entry];
    int after = newer[entry];
    older[after] = before;
    if (before == NONE) {
      oldest = after;
    } else {
      newer[before] = after;
    }
  }
}
