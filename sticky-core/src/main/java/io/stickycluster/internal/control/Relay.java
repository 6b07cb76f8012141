package io.stickycluster.internal.control;

import io.stickycluster.MessageHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings users' messages from one worker to others, through the master. Belongs to the control
 * thread.
 *
 * <p>A sender is not read while one of its receivers is far behind, so that it feels the pace; but
 * a receiver that takes nothing at all for {@value #STALL_MILLIS} ms holds nobody up: what is
 * beyond its bound is dropped.
 */
final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final long FAR_BEHIND_BYTES = 1L << 20;
  private static final long STALL_MILLIS = 2_000;

  /** A receiver that is far behind, and who waits for it. */
  private static final class Backlog {
    final Set<SelectorLink> senders = new HashSet<>();
    long lastProgressNanos = System.nanoTime();
    long lastQueuedBytes = Long.MAX_VALUE;
  }

  private final String prefix;
  private final Map<Long, SelectorLink> links = new HashMap<>();
  private final Map<SelectorLink, Backlog> backlogs = new HashMap<>();
  private long dropped;

  Relay(String prefix) {
    this.prefix = prefix;
  }

  void add(SelectorLink link) {
    links.put(link.id(), link);
  }

  void remove(SelectorLink link) {
    links.remove(link.id(), link);
    Backlog backlog = backlogs.remove(link);
    if (backlog != null) {
      backlog.senders.forEach(sender -> sender.reading(true));
    }
    backlogs.values().forEach(b -> b.senders.remove(link));
  }

  /**
   * Passes a frame on if it is for other workers; returns false if it is for the master. Strangers,
   * who are not in the relay yet, reach the master alone.
   */
  boolean relayed(SelectorLink sender, Frame frame) {
    if (frame.peer() == MessageHandler.MASTER
        || frame.name().startsWith(prefix)
        || !links.containsKey(sender.id())) {
      return false;
    }
    Frame passed = new Frame(sender.index(), frame.name(), frame.payload());
    for (SelectorLink receiver : receivers(frame.peer(), sender)) {
      pass(sender, receiver, passed);
    }
    return true;
  }

  /** Sends a message of the master to every worker. */
  void broadcast(Frame frame) {
    for (SelectorLink receiver : List.copyOf(links.values())) {
      receiver.enqueue(FrameCodec.encode(frame), new CompletableFuture<>());
    }
  }

  /** During a reload two processes share an index; both are told. */
  private List<SelectorLink> receivers(int peer, SelectorLink sender) {
    List<SelectorLink> receivers = new ArrayList<>();
    for (SelectorLink link : links.values()) {
      if (peer == Frame.EVERYONE ? link != sender : link.index() == peer) {
        receivers.add(link);
      }
    }
    return receivers;
  }

  private void pass(SelectorLink sender, SelectorLink receiver, Frame frame) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    receiver.enqueue(FrameCodec.encode(frame), written);
    if (written.isCompletedExceptionally()) {
      if (dropped++ == 0) {
        log.warn(
            "dropped a message {} from worker {} to worker {}, which is too far behind;"
                + " this is said once",
            frame.name(),
            sender.index(),
            receiver.index());
      }
    } else if (receiver.queuedBytes() > FAR_BEHIND_BYTES && sender != receiver) {
      Backlog backlog = backlogs.computeIfAbsent(receiver, r -> new Backlog());
      if (!isStalled(backlog)) {
        backlog.senders.add(sender);
        sender.reading(false);
      }
    }
  }

  /** A link has written something. */
  void drained(SelectorLink receiver) {
    Backlog backlog = backlogs.get(receiver);
    if (backlog == null) {
      return;
    }
    if (receiver.queuedBytes() < backlog.lastQueuedBytes) {
      backlog.lastProgressNanos = System.nanoTime();
    }
    backlog.lastQueuedBytes = receiver.queuedBytes();
    if (receiver.queuedBytes() < FAR_BEHIND_BYTES / 2) {
      backlogs.remove(receiver);
      release(backlog);
    }
  }

  /** Lets those be read again who wait for somebody that takes nothing. */
  void resumeSendersOfStalledReceivers() {
    for (Backlog backlog : backlogs.values()) {
      if (isStalled(backlog)) {
        release(backlog);
      }
    }
  }

  private void release(Backlog backlog) {
    for (SelectorLink sender : backlog.senders) {
      boolean waitsElsewhere =
          backlogs.values().stream().anyMatch(b -> b != backlog && b.senders.contains(sender));
      if (!waitsElsewhere) {
        sender.reading(true);
      }
    }
    backlog.senders.clear();
  }

  private static boolean isStalled(Backlog backlog) {
    return System.nanoTime() - backlog.lastProgressNanos > STALL_MILLIS * 1_000_000;
  }
}
