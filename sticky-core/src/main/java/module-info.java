/**
 * Sticky clusters for the JVM: one program, run as a master and N forked workers, in which every
 * client always reaches the same worker.
 */
@org.jspecify.annotations.NullMarked
module io.stickycluster.core {
  requires transitive org.jspecify;
  requires com.google.common;
  requires java.management;
  requires jdk.jfr;
  requires jdk.net;
  requires jdk.unsupported;
  requires org.slf4j;

  exports io.stickycluster;
  exports io.stickycluster.spi;

  uses io.stickycluster.spi.BalancerProvider;
  uses io.stickycluster.spi.HashStrategy;
  uses io.stickycluster.spi.KeyExtractorProvider;
  uses io.stickycluster.spi.TransportProvider;

  provides io.stickycluster.spi.BalancerProvider with
      io.stickycluster.internal.balance.BoundedLoadProvider;
  provides io.stickycluster.spi.KeyExtractorProvider with
      io.stickycluster.internal.key.CookieExtractorProvider,
      io.stickycluster.internal.key.HeaderExtractorProvider,
      io.stickycluster.internal.key.QueryExtractorProvider;
}
