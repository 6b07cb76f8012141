package io.stickycluster.internal.control;

import io.stickycluster.MessageHandler;
import io.stickycluster.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives users' messages to their handlers, in order and on a thread of its own, so that a slow
 * handler holds nothing else up. What exceeds the bounded queue is dropped and said.
 */
public final class MessageInbox {

  private static final Logger log = LoggerFactory.getLogger(MessageInbox.class);
  private static final int MAX_WAITING = 65_536;

  private final Map<String, MessageHandler> handlers = new ConcurrentHashMap<>();
  private final AtomicLong dropped = new AtomicLong();
  private final ThreadPoolExecutor thread;

  /** Makes an inbox without handlers. */
  public MessageInbox() {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            action -> {
              Thread made = new Thread(action, "sticky-messages");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Checks a message's name and payload.
   *
   * @throws IllegalArgumentException naming the bound that is passed
   */
  public static void check(String prefix, String name, byte[] payload) {
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes == 0 || nameBytes > Messages.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a message's name must have 1 to "
              + Messages.MAX_NAME_BYTES
              + " bytes, not "
              + nameBytes);
    }
    if (name.startsWith(prefix)) {
      throw new IllegalArgumentException(
          "names that start with " + prefix + " are the framework's own: " + name);
    }
    if (payload.length > Messages.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "a message must have at most "
              + Messages.MAX_PAYLOAD_BYTES
              + " bytes, not "
              + payload.length);
    }
  }

  /** Gives messages of a name to a handler from now on. */
  public void handle(String name, MessageHandler handler) {
    handlers.put(name, handler);
  }

  /** Takes a message in. */
  public void deliver(int sender, Frame frame) {
    MessageHandler handler = handlers.get(frame.name());
    if (handler == null) {
      log.debug("nobody handles message {} from {}", frame.name(), sender);
      return;
    }
    try {
      thread.execute(() -> handle(handler, sender, frame));
    } catch (RejectedExecutionException e) {
      if (dropped.getAndIncrement() == 0) {
        log.warn(
            "dropped message {} from {}: {} others wait for their handlers; this is said once",
            frame.name(),
            sender,
            MAX_WAITING);
      }
    }
  }

  private static void handle(MessageHandler handler, int sender, Frame frame) {
    try {
      handler.onMessage(sender, frame.payload());
    } catch (RuntimeException | Error e) {
      log.warn("the handler of message {} threw; others go on", frame.name(), e);
    }
  }

  /** Takes no more messages. */
  public void stop() {
    thread.shutdown();
  }
}
