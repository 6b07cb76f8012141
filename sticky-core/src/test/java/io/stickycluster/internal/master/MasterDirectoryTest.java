package io.stickycluster.internal.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A master must take away what the dead left behind, and nothing of the living. */
@Timeout(60)
class MasterDirectoryTest {

  /** No process has it; in another pid namespace a living master may seem to have such a one. */
  private static final long NOBODY = 999_999_999;

  @TempDir private Path temporary;

  @Test
  void aDirectoryStaysWhileItsMasterLivesWhateverItsProcessIdSeemsToBe() throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("sticky-" + NOBODY + "-1"));
    Process master = startHolder(directory);
    try {
      assertThat(master.getInputStream().read()).isEqualTo('L');
      MasterDirectory.removeStale(temporary);
      assertThat(directory).exists();
    } finally {
      master.destroyForcibly();
      assertThat(master.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    MasterDirectory.removeStale(temporary);
    assertThat(directory).doesNotExist();
  }

  @Test
  void mastersOfOneProcessLeaveEachOthersDirectoriesAndTheirLocksAlone() throws Exception {
    Path first = MasterDirectory.create();
    Path second = MasterDirectory.create();
    try {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
          .isEqualTo("rwx------");
      Process other = startHolder(first);
      // The first one's lock is still held, so another process can't have it.
      assertThat(other.getInputStream().read()).isEqualTo('T');
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      MasterDirectory.delete(first);
      MasterDirectory.delete(second);
    }
    assertThat(first).doesNotExist();
    assertThat(second).doesNotExist();
  }

  @Test
  void aDirectoryOfSomethingElseStays() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("sticky-notes-1"));
    MasterDirectory.removeStale(temporary);
    assertThat(directory).exists();
  }

  private static Process startHolder(Path directory) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.resolve("master.lock").toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Locks a file as a master does, says so (L, or T if it is taken), and lives on if it could. */
  static final class Holder {

    private Holder() {}

    public static void main(String[] args) throws IOException {
      FileChannel file =
          FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean locked = file.tryLock() != null;
      System.out.print(locked ? 'L' : 'T');
      System.out.flush();
      if (locked) {
        while (System.in.read() >= 0) {
          // Lives until its parent ends it, or is gone.
        }
      }
    }
  }
}
