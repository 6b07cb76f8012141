package io.stickycluster.internal.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the operating system how much memory a process holds resident; Linux only. */
final class ResidentMemory {

  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /** Returns the bytes, or 0 where that can't be told. */
  static long bytesOf(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(FIELD))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
