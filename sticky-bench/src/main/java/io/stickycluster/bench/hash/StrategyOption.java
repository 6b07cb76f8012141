package io.stickycluster.bench.hash;

import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.spi.HashStrategy;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which hash strategy a command is to use, and with which seed. */
final class StrategyOption {

  @Option(
      names = {"--hash", "--strategy"},
      paramLabel = "NAME",
      defaultValue = "djb2",
      description = "the hash strategy (default: ${DEFAULT-VALUE})")
  private String name = "";

  @Option(names = "--seed", paramLabel = "N", description = "the strategy's seed, if it takes one")
  private @Nullable Long seed;

  /**
   * Finds the strategy on the class path.
   *
   * @throws IllegalArgumentException if there is none of this name, or it takes no seed
   */
  HashStrategy load() {
    return HashStrategies.load()
        .require(name, seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
  }
}
