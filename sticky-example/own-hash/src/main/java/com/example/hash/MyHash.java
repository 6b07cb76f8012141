package com.example.hash;

import io.stickycluster.spi.HashStrategy;

/** FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), 32-bit, as an example of an own hash strategy. */
public final class MyHash implements HashStrategy {

  /** What follows {@code --hash=}. */
  @Override
  public String name() {
    return "mine";
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    int hash = 0x811c9dc5;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (key[i] & 0xff)) * 0x01000193;
    }
    return hash;
  }
}
