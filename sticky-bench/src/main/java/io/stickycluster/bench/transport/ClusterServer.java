package io.stickycluster.bench.transport;

import io.stickycluster.Master;
import io.stickycluster.Server;
import io.stickycluster.StickyCluster;
import io.stickycluster.transport.netty.NettyServer;
import io.stickycluster.transport.nio.AnyServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process with a cluster's master; its workers are the same program started again. */
final class ClusterServer {

  /** Says that workers run a server which knows of no cluster. */
  static final String ANY = "any";

  private static final Duration START_UP = Duration.ofSeconds(60);
  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  private ClusterServer() {}

  /**
   * Runs until standard input ends.
   *
   * @param args the number of workers, the transport, the hand-over, the key, and {@link #ANY} if
   *     it is to be any server
   */
  public static void main(String[] args) throws Exception {
    boolean any = args.length > 4 && args[4].equals(ANY);
    Master master =
        StickyCluster.builder()
            .concurrency(Integer.parseInt(args[0]))
            .host("127.0.0.1")
            .port(0)
            .transport(args[1])
            .handOver(args[2])
            .key(args[3])
            .trustedNetworks(List.of("loopback"))
            .hardShutdownDelay(SHUTDOWN)
            .build()
            .start(
                worker ->
                    CompletableFuture.completedFuture(any ? any() : NettyServer.of(new Pages())));
    master.ready().toCompletableFuture().get(START_UP.toSeconds(), TimeUnit.SECONDS);
    Child.ready(Integer.toString(master.address().getPort()));
    Child.awaitEnd();
    // Whoever measures has no use for a graceful end.
    master.shutdownNow();
    master.awaitTermination(SHUTDOWN);
    System.exit(0);
  }

  private static Server any() {
    return AnyServer.unix(path -> PlainServer.listen(path, 1)).build();
  }
}
