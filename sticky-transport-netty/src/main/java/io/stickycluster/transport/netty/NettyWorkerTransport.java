package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.stickycluster.Server;
import io.stickycluster.spi.WorkerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A worker's half: opens one lane for each of the server's event loops. */
final class NettyWorkerTransport implements WorkerTransport {

  private final List<LaneLink> links = new ArrayList<>();
  private @Nullable ListenerReceiver listener;

  @Override
  public CompletionStage<Map<String, String>> start(Server server, Setup setup) {
    if (!(server instanceof NettyServer nettyServer)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "transport netty feeds a NettyServer, not a "
                  + server.getClass().getName()
                  + "; for other servers add io.stickycluster:sticky-transport-nio and choose"
                  + " transport nio"));
    }
    Map<String, String> parameters = setup.parameters();
    String path = required(parameters, Parameters.SOCKET);
    ServerRuntime runtime = nettyServer.start();
    List<IoEventLoop> loops = runtime.loops();
    if (Parameters.LISTENER.equals(parameters.get(Parameters.HAND_OVER))) {
      listener = new ListenerReceiver(runtime::serveAccepted);
      links.add(new LaneLink(loops.get(0), listener));
    } else {
      int maxReadAhead = Integer.parseInt(required(parameters, Parameters.MAX_READ_AHEAD_BYTES));
      for (IoEventLoop loop : loops) {
        links.add(
            new LaneLink(
                loop,
                new ConnectionReceiver(
                    (fd, preface) -> runtime.servePassed(loop, fd, preface), maxReadAhead)));
      }
    }
    for (int i = 0; i < links.size(); i++) {
      LaneLink link = links.get(i);
      Hello hello = new Hello(setup.id(), i, setup.token());
      link.loop().execute(() -> link.connect(path, hello));
    }
    return all(links.stream().map(LaneLink::ready).toList())
        .thenApply(
            done -> {
              // A worker that gets no connections any more is of no use: its watchdog shall know.
              links.forEach(link -> link.ended().thenRun(nettyServer::cutOff));
              return Map.of();
            });
  }

  @Override
  public CompletionStage<?> drain() {
    ListenerReceiver open = listener;
    if (open != null) {
      return CompletableFuture.runAsync(open::drain, links.get(0).loop());
    }
    // The master ends every lane behind the last connection.
    return all(links.stream().map(LaneLink::ended).toList());
  }

  @Override
  public void close() {
    for (LaneLink link : links) {
      if (!link.loop().isShuttingDown()) {
        link.loop()
            .execute(
                () -> {
                  link.close();
                  if (listener != null) {
                    listener.close();
                  }
                });
      }
    }
  }

  private static String required(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the master did not tell the parameter " + name);
    }
    return value;
  }

  private static CompletableFuture<?> all(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]));
  }
}
