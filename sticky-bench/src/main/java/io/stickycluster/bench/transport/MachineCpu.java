package io.stickycluster.bench.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Reads how long all processes of the machine have run, to tell how much others disturbed. */
final class MachineCpu {

  private static final Path FILE = Path.of("/proc/stat");
  private static final int TICK_MILLIS = 10;

  /** Columns of user, nice, system and steal; interrupts are the load's own. */
  private static final int[] COLUMNS = {1, 2, 3, 8};

  private MachineCpu() {}

  /** Returns the processor time used since the start of the machine, or zero where none tells. */
  static Duration used() {
    try {
      return Files.isReadable(FILE)
          ? parse(Files.readString(FILE, StandardCharsets.US_ASCII))
          : Duration.ZERO;
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  static Duration parse(String stat) {
    List<String> words = List.of(stat.lines().findFirst().orElse("").split(" +", -1));
    long ticks = 0;
    for (int column : COLUMNS) {
      if (column < words.size()) {
        ticks += Long.parseLong(words.get(column));
      }
    }
    return Duration.ofMillis(ticks * TICK_MILLIS);
  }
}
