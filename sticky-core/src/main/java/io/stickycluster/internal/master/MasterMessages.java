package io.stickycluster.internal.master;

import io.stickycluster.MessageHandler;
import io.stickycluster.Messages;
import io.stickycluster.internal.control.ControlServer;
import io.stickycluster.internal.control.Frame;
import io.stickycluster.internal.control.MessageInbox;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The master's end of the messages between the processes of a cluster. */
final class MasterMessages implements Messages {

  private final SupervisorLoop loop;
  private final String prefix;
  private final MessageInbox inbox = new MessageInbox();
  private volatile Reach reach = new Reach(List::of, frame -> {});

  /** Whom messages can reach; nobody before the master runs. */
  record Reach(Supplier<List<WorkerHandle>> workers, Consumer<Frame> broadcast) {}

  MasterMessages(SupervisorLoop loop, String prefix) {
    this.loop = loop;
    this.prefix = prefix;
  }

  void connect(Supervisor supervisor, ControlServer control) {
    reach = new Reach(supervisor::alive, control::broadcast);
  }

  void deliver(int sender, Frame frame) {
    inbox.deliver(sender, frame);
  }

  @Override
  public CompletionStage<?> send(int index, String name, byte[] payload) {
    MessageInbox.check(prefix, name, payload);
    if (index < 0) {
      throw new IllegalArgumentException(
          "the master can't send to " + index + "; workers are >= 0");
    }
    Frame frame = Frame.ofMaster(name, payload);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    loop.execute(
        () -> {
          for (WorkerHandle worker : reach.workers().get()) {
            if (worker.index() == index && worker.slot.current == worker) {
              if (worker.link() != null) {
                worker.link().send(frame).whenComplete((v, e) -> complete(sent, e));
                return;
              }
            }
          }
          sent.completeExceptionally(
              new IllegalStateException("worker " + index + " is not there to take messages"));
        });
    return sent;
  }

  private static void complete(CompletableFuture<Void> sent, @Nullable Throwable error) {
    if (error == null) {
      sent.complete(null);
    } else {
      sent.completeExceptionally(error);
    }
  }

  @Override
  public CompletionStage<?> broadcast(String name, byte[] payload) {
    MessageInbox.check(prefix, name, payload);
    reach.broadcast().accept(Frame.ofMaster(name, payload));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onMessage(String name, MessageHandler handler) {
    MessageInbox.check(prefix, name, new byte[0]);
    inbox.handle(name, handler);
  }

  void stop() {
    inbox.stop();
  }
}
