package io.stickycluster.spi;

import io.stickycluster.Server;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A worker's half of a transport: takes the connections of this worker and gives them to its
 * server.
 *
 * <p>Called from one thread: {@link #start} once, then {@link #drain()}, then {@link #close()}.
 */
public interface WorkerTransport extends AutoCloseable {

  /**
   * Connects the server with the master.
   *
   * @param server what the worker's program started; an implementation says in the stage's failure
   *     which servers it can feed
   * @param setup what the worker is and what its master told
   * @return completes with what {@link Transport#ready} shall learn, once the server can take
   *     connections
   */
  CompletionStage<Map<String, String>> start(Server server, Setup setup);

  /**
   * Takes no new connections, except those already on their way.
   *
   * @return completes when the last of these is with the server
   */
  CompletionStage<?> drain();

  /** Closes what is left; idempotent. */
  @Override
  void close();

  /**
   * What a worker's half needs to know.
   *
   * @param index the worker's index
   * @param id the worker's id
   * @param token the secret to show to the master's half
   * @param directory the cluster's private directory
   * @param parameters what {@link Transport#prepare} returned in the master
   */
  record Setup(int index, long id, String token, Path directory, Map<String, String> parameters) {}
}
