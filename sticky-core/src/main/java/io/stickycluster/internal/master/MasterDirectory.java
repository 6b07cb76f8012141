package io.stickycluster.internal.master;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private directory of a cluster's sockets, which nobody but its user may enter. Its master
 * holds a lock on a file in it, so that others can tell whether it lives: a process id would not do
 * where masters in several containers share a directory of temporary files.
 */
public final class MasterDirectory {

  private static final Logger log = LoggerFactory.getLogger(MasterDirectory.class);
  private static final String NAME_START = "sticky-";

  /** A unix socket path holds 107 bytes; this much is kept for names in the directory. */
  private static final int LONGEST_PATH = 107 - 41;

  private static final String LOCK = "master.lock";

  /** How often another directory is made if the new one is taken for a dead master's. */
  private static final int MAX_TRIES = 10;

  /**
   * The locks of this process. A process must not so much as open and close a file that it has
   * locked, or its lock is gone, as POSIX says.
   */
  private static final Map<Path, FileChannel> LOCKS = new ConcurrentHashMap<>();

  private MasterDirectory() {}

  /**
   * Makes the directory, and removes those that dead masters of this user left behind.
   *
   * @throws IOException if there is no place for it
   */
  public static synchronized Path create() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    removeStale(temporary);
    Path directory = createLocked(temporary);
    int length = directory.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      delete(directory);
      throw new IOException(
          "the path "
              + directory
              + " is too long for unix sockets ("
              + length
              + " bytes, at most "
              + LONGEST_PATH
              + "); set -Djava.io.tmpdir to a shorter one");
    }
    return directory;
  }

  private static Path createLocked(Path temporary) throws IOException {
    String start = NAME_START + ProcessHandle.current().pid() + "-";
    for (int i = 0; i < MAX_TRIES; i++) {
      Path directory = Files.createTempDirectory(temporary, start, privately());
      FileChannel lock = lock(directory);
      // Between its making and its locking somebody may have removed it.
      if (lock != null && Files.exists(directory.resolve(LOCK))) {
        LOCKS.put(directory, lock);
        return directory;
      }
      if (lock != null) {
        lock.close();
      }
    }
    throw new IOException(
        "other masters keep removing new directories in "
            + temporary
            + "; set -Djava.io.tmpdir to one of this cluster's own");
  }

  /** Returns the locked file of a directory, or null if somebody else has locked or removed it. */
  private static @Nullable FileChannel lock(Path directory) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("{} is this process's own", directory);
    }
    channel.close();
    return null;
  }

  private static FileAttribute<?>[] privately() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes the directories whose masters are dead. */
  static void removeStale(Path temporary) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, NAME_START + "*-*")) {
      for (Path directory : left) {
        removeIfStale(directory);
      }
    } catch (IOException e) {
      log.debug("can't look for directories of dead masters: {}", e.toString());
    }
  }

  private static void removeIfStale(Path directory) throws IOException {
    boolean candidate =
        !LOCKS.containsKey(directory)
            && Files.isRegularFile(directory.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                .getName()
                .equals(System.getProperty("user.name"));
    if (candidate) {
      try (FileChannel lock = lock(directory)) {
        if (lock != null) {
          delete(directory);
        }
      }
    }
  }

  /** Removes the directory and what is in it; what can't be removed is logged. */
  public static void delete(Path directory) {
    try (Stream<Path> content = Files.walk(directory)) {
      List<Path> deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      log.debug("can't remove {}: {}", directory, e.toString());
    }
    unlock(directory);
  }

  private static void unlock(Path directory) {
    FileChannel lock = LOCKS.remove(directory);
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        log.debug("can't unlock {}: {}", directory, e.toString());
      }
    }
  }
}
