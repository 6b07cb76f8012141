package io.stickycluster.internal.master;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private directory of a cluster's sockets, which nobody but its user may enter. */
public final class MasterDirectory {

  private static final Logger log = LoggerFactory.getLogger(MasterDirectory.class);
  private static final String NAME_START = "sticky-";

  /** A unix socket path holds 107 bytes; this much is kept for names in the directory. */
  private static final int LONGEST_PATH = 107 - 41;

  private MasterDirectory() {}

  /**
   * Makes the directory, and removes those that dead masters of this user left behind.
   *
   * @throws IOException if there is no place for it
   */
  public static Path create() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    removeStale(temporary);
    String start = NAME_START + ProcessHandle.current().pid() + "-";
    Path directory = Files.createTempDirectory(temporary, start, privately());
    int length = directory.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      Files.delete(directory);
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

  private static FileAttribute<?>[] privately() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void removeStale(Path temporary) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, NAME_START + "*-*")) {
      for (Path directory : left) {
        if (isStale(directory)) {
          delete(directory);
        }
      }
    } catch (IOException e) {
      log.debug("can't look for directories of dead masters: {}", e.toString());
    }
  }

  private static boolean isStale(Path directory) throws IOException {
    String pid = directory.getFileName().toString().replaceAll("^sticky-(\\d{1,10})-\\d+$", "$1");
    return pid.chars().allMatch(Character::isDigit)
        && Files.isDirectory(directory)
        && Files.getOwner(directory).getName().equals(System.getProperty("user.name"))
        && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
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
  }
}
