package io.stickycluster.transport.nio;

import io.stickycluster.StickyCluster;
import java.util.concurrent.CompletableFuture;

/** A worker whose program fails in the way that its argument says. */
public final class BrokenWorker {

  private BrokenWorker() {}

  /** Runs the worker. */
  public static void main(String[] args) {
    StickyCluster.builder()
        .build()
        .run(
            worker ->
                switch (args[0]) {
                  case "throws" -> throw new IllegalStateException("no database");
                  case "fails" -> CompletableFuture.failedFuture(new Exception("no licence"));
                  case "null" -> nothing();
                  case "null-server" -> CompletableFuture.completedFuture(nothing());
                  case "never" -> new CompletableFuture<>();
                  default -> throw new IllegalArgumentException(args[0]);
                });
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what broken programs do
  private static <T> T nothing() {
    return null;
  }
}
