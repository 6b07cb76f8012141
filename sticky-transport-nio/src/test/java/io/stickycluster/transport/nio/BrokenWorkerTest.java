package io.stickycluster.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.Master;
import io.stickycluster.RespawnPolicy;
import io.stickycluster.StickyCluster;
import io.stickycluster.StickyClusterBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worker programs that can't start end the cluster with one line that says why. */
@Timeout(120)
class BrokenWorkerTest {

  private static final RespawnPolicy IMPATIENT =
      new RespawnPolicy(
          Duration.ofMillis(10),
          Duration.ofMillis(10),
          0,
          Duration.ofSeconds(10),
          1,
          Duration.ofHours(1),
          Duration.ZERO);

  @ParameterizedTest
  @CsvSource({
    "throws, no database",
    "fails, no licence",
    "null, returned null instead of a stage",
    "null-server, completed with null",
    "never, start-up deadline"
  })
  void theMasterGivesUpAndSaysWhatTheProgramDid(String mode, String words) throws Exception {
    Duration deadline = Duration.ofSeconds(mode.equals("never") ? 1 : 60);
    Master master = start(mode, builder -> builder.startUpDeadline(deadline));

    assertThatThrownBy(() -> master.ready().toCompletableFuture().get(100, TimeUnit.SECONDS))
        .hasMessageContaining("giving up")
        .hasMessageContaining("never became ready")
        .hasMessageContaining(words);
    assertThat(master.awaitTermination(Duration.ofSeconds(60))).isTrue();
    assertThat(master.exitCode()).isEqualTo(1);
  }

  @Test
  void variablesOfTheFrameworksOwnAreRefused() throws Exception {
    Master master =
        start("throws", builder -> builder.env(index -> Map.of("STICKYCLUSTER_TOKEN", "mine")));

    assertThatThrownBy(() -> master.ready().toCompletableFuture().get(60, TimeUnit.SECONDS))
        .hasMessageContaining("STICKYCLUSTER_TOKEN")
        .hasMessageContaining("framework's own");
    assertThat(master.awaitTermination(Duration.ofSeconds(60))).isTrue();
    assertThat(master.exitCode()).isEqualTo(1);
  }

  @Test
  void whatIsToRunBeforeTheFirstForkMayForbidIt() throws Exception {
    Master master =
        start(
            "throws",
            builder ->
                builder.beforeFork(
                    () ->
                        java.util.concurrent.CompletableFuture.failedFuture(
                            new IllegalStateException("migration failed"))));

    assertThatThrownBy(() -> master.ready().toCompletableFuture().get(60, TimeUnit.SECONDS))
        .hasMessageContaining("migration failed");
    assertThat(master.awaitTermination(Duration.ofSeconds(60))).isTrue();
  }

  private static Master start(
      String mode, java.util.function.Consumer<StickyClusterBuilder> changes) {
    StickyClusterBuilder builder =
        StickyCluster.builder()
            .concurrency(1)
            .port(0)
            .transport("nio")
            .respawn(IMPATIENT)
            .workerMain(BrokenWorker.class.getName(), mode);
    changes.accept(builder);
    return builder
        .build()
        .start(
            worker -> {
              throw new IllegalStateException("the master runs no worker program");
            });
  }
}
