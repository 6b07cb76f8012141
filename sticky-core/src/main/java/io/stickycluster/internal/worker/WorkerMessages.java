package io.stickycluster.internal.worker;

import io.stickycluster.MessageHandler;
import io.stickycluster.Messages;
import io.stickycluster.internal.control.ControlClient;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.MessageInbox;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A worker's end of the messages between the processes of a cluster. */
final class WorkerMessages implements Messages {

  /** How many messages may wait for the link before more are refused. */
  private static final int MAX_WAITING = 16_384;

  private final ControlClient link;
  private final String prefix;
  private final MessageInbox inbox = new MessageInbox();

  /** Writing to the link may block, which callers such as event loops must not. */
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          action -> {
            Thread made = new Thread(action, "sticky-message-writer");
            made.setDaemon(true);
            return made;
          });

  WorkerMessages(ControlClient link, String prefix) {
    this.link = link;
    this.prefix = prefix;
    writer.allowCoreThreadTimeOut(true);
  }

  void deliver(Frame frame) {
    inbox.deliver(frame.peer(), frame);
  }

  @Override
  public CompletionStage<?> send(int index, String name, byte[] payload) {
    if (index < MessageHandler.MASTER) {
      throw new IllegalArgumentException(
          "a message goes to a worker's index or to " + MessageHandler.MASTER + ", not " + index);
    }
    return write(new Frame(index, name, payload));
  }

  @Override
  public CompletionStage<?> broadcast(String name, byte[] payload) {
    return write(new Frame(Frame.EVERYONE, name, payload));
  }

  private CompletionStage<?> write(Frame frame) {
    MessageInbox.check(prefix, frame.name(), frame.payload());
    CompletableFuture<Void> written = new CompletableFuture<>();
    try {
      writer.execute(
          () -> {
            try {
              link.send(frame);
              written.complete(null);
            } catch (IOException e) {
              written.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      written.completeExceptionally(
          new IOException(MAX_WAITING + " messages wait already; wait for the stages of send", e));
    }
    return written;
  }

  @Override
  public void onMessage(String name, MessageHandler handler) {
    MessageInbox.check(prefix, name, new byte[0]);
    inbox.handle(name, handler);
  }
}
