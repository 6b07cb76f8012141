package io.stickycluster.hash;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.stickycluster.spi.HashStrategy;

/**
 * FarmHash's Fingerprint64 (Google), its lower 32 bits: the family that node-cluster-socket.io
 * hashes with, for comparison; best on long text keys. Computed by Guava, whose one small result
 * object the just-in-time compiler does away with. Stateless.
 */
public final class FarmHash implements HashStrategy {

  private static final HashFunction FINGERPRINT = Hashing.farmHashFingerprint64();

  /** Makes a strategy; called by {@link java.util.ServiceLoader}. */
  public FarmHash() {}

  @Override
  public String name() {
    return "farmhash";
  }

  @Override
  public int hash(byte[] key, int offset, int length) {
    return FINGERPRINT.hashBytes(key, offset, length).asInt();
  }
}
