package io.stickycluster.example;

import io.stickycluster.ClusterOptions;
import io.stickycluster.Server;
import io.stickycluster.Worker;
import io.stickycluster.WorkerProgram;
import io.stickycluster.transport.netty.NettyServer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What every worker runs: one chat room on one Netty server. */
final class ChatProgram implements WorkerProgram {

  /** The variable that holds the worker's index. */
  static final String INDEX_VARIABLE = ClusterOptions.DEFAULT_INDEX_VARIABLE;

  /** The variable that holds the name of the worker's chat room. */
  static final String ROOM_VARIABLE = "CHAT_ROOM";

  private static final String[] ROOMS = {
    "Harbour",
    "Lighthouse",
    "Orchard",
    "Observatory",
    "Tram depot",
    "Greenhouse",
    "Bakery",
    "Boathouse",
    "Library",
    "Windmill",
    "Rooftop",
    "Foundry"
  };

  private final int eventLoops;
  private final boolean failStart;

  ChatProgram(int eventLoops, boolean failStart) {
    this.eventLoops = eventLoops;
    this.failStart = failStart;
  }

  /** Returns what the worker of an index finds in its environment. */
  static Map<String, String> environment(int index) {
    String room = ROOMS[index % ROOMS.length];
    if (index >= ROOMS.length) {
      room += " " + (index / ROOMS.length + 1);
    }
    return Map.of(INDEX_VARIABLE, Integer.toString(index), ROOM_VARIABLE, room);
  }

  @Override
  public CompletionStage<Server> start(Worker worker) {
    if (failStart) {
      throw new IllegalStateException("this worker fails on purpose (--fail-start)");
    }
    WhoAmI whoAmI =
        new WhoAmI(
            worker.index(),
            worker.id(),
            ProcessHandle.current().pid(),
            WhoAmI.environment(worker.env().keySet()));
    SocketIo socketIo =
        new SocketIo(new ClusterStoreFactory(worker.messages(), Set.of(ChatRoom.Message.class)));
    return CompletableFuture.completedFuture(
        NettyServer.of(pipeline(whoAmI, socketIo))
            .eventLoops(eventLoops)
            .onDrain(socketIo::sayGoodbye));
  }

  /** Returns what the connections of a worker go through. */
  static ChatPipeline pipeline(WhoAmI whoAmI, SocketIo socketIo) {
    new ChatRoom(whoAmI, socketIo.namespace()).open();
    return new ChatPipeline(whoAmI, new Assets(), socketIo);
  }
}
