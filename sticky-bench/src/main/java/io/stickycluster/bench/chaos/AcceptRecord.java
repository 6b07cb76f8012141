package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The clients whose connections one worker process has taken, one on a line of a file, which
 * outlives the process. Safe for use by several threads.
 */
final class AcceptRecord {

  private final FileChannel file;

  private AcceptRecord(FileChannel file) {
    this.file = file;
  }

  static AcceptRecord create(Path directory, long pid) throws IOException {
    return new AcceptRecord(
        FileChannel.open(
            directory.resolve(Long.toString(pid)),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND));
  }

  /** Notes a connection; returns when not even the end of this process can lose the note. */
  void add(InetSocketAddress client) throws IOException {
    file.write(ByteBuffer.wrap((key(client) + "\n").getBytes(StandardCharsets.US_ASCII)));
  }

  /** Returns the clients that a process has taken. */
  static Set<String> read(Path directory, long pid) throws IOException {
    try {
      return new HashSet<>(Files.readAllLines(directory.resolve(Long.toString(pid))));
    } catch (NoSuchFileException e) {
      return Set.of(); // it never served
    }
  }

  /** Deletes the records and their directory. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Returns how a client is noted. */
  static String key(InetSocketAddress client) {
    return client.getAddress().getHostAddress() + ":" + client.getPort();
  }
}
