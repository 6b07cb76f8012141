package io.stickycluster.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One loop's trunks, which its clients use in turn. Confined to the loop's thread. */
final class Trunks {

  private static final Logger log = LoggerFactory.getLogger(Trunks.class);

  private final Loop loop;
  private final Map<Long, Group> groups = new HashMap<>();
  private final Set<Trunk> open = new HashSet<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(Buffers.BYTES);
  private List<Trunk> flushing = new ArrayList<>();
  private List<Trunk> flushed = new ArrayList<>();

  Trunks(Loop loop) {
    this.loop = loop;
  }

  /** Connects to a worker that is ready; what fails is tried again when a client needs it. */
  void connect(Target target) {
    try {
      for (int i = 0; i < target.trunks(); i++) {
        to(target);
      }
    } catch (IOException e) {
      log.debug("no trunk to worker id {} yet: {}", target.id(), e.toString());
    }
  }

  /**
   * Returns a trunk to a worker.
   *
   * @throws IOException if there is none and it can't be connected
   */
  Trunk to(Target target) throws IOException {
    return groups.computeIfAbsent(target.id(), id -> new Group(target)).next();
  }

  /** Returns the buffer that trunks are read into. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Has {@link Trunk#flush} called at the end of the loop's turn. */
  void flushSoon(Trunk trunk) {
    flushing.add(trunk);
  }

  boolean isFlushing() {
    return !flushing.isEmpty();
  }

  /** Lets trunks send what has come together. */
  void flush() {
    List<Trunk> due = flushing;
    flushing = flushed;
    flushed = due;
    due.forEach(Trunk::flush);
    due.clear();
  }

  /** Makes no more trunks to a worker; those that are open end when it ends. */
  void ended(long id) {
    groups.remove(id);
  }

  /** A trunk is no more. */
  void ended(Trunk trunk) {
    open.remove(trunk);
  }

  /** Closes all. */
  void close() {
    List.copyOf(open).forEach(Trunk::abort);
  }

  private final class Group {

    private final Target target;
    private final @Nullable Trunk[] trunks;
    private int next;

    Group(Target target) {
      this.target = target;
      this.trunks = new @Nullable Trunk[target.trunks()];
    }

    /** Returns the next one that takes streams. */
    Trunk next() throws IOException {
      for (int i = 0; i < trunks.length; i++) {
        Trunk trunk = step();
        if (trunk.takesStreams()) {
          return trunk;
        }
      }
      throw new IOException("it does not take what it has");
    }

    private Trunk step() throws IOException {
      int place = next;
      next = (next + 1) % trunks.length;
      Trunk trunk = trunks[place];
      if (trunk == null || trunk.isOver()) {
        trunk = new Trunk(loop, target, loop.backend());
        open.add(trunk);
        trunks[place] = trunk;
      }
      return trunk;
    }
  }
}
