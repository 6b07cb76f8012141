/** Hash strategies for sticky clusters. */
@org.jspecify.annotations.NullMarked
module io.stickycluster.hash {
  requires io.stickycluster.core;
  requires com.google.common;

  exports io.stickycluster.hash;

  provides io.stickycluster.spi.HashStrategy with
      io.stickycluster.hash.Djb2,
      io.stickycluster.hash.FarmHash,
      io.stickycluster.hash.Int31,
      io.stickycluster.hash.Murmur3,
      io.stickycluster.hash.SipHash;
}
