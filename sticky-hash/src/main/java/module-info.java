/** Hash strategies and balancers for sticky clusters. */
@org.jspecify.annotations.NullMarked
module io.stickycluster.hash {
  requires io.stickycluster.core;
  requires com.google.common;

  exports io.stickycluster.hash;
}
