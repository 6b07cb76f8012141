package io.stickycluster.transport.nio;

import io.stickycluster.ListeningServer;
import io.stickycluster.Server;
import io.stickycluster.spi.WorkerTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's half: has the server listen on a socket in the cluster's private directory, or where
 * it can, and tells the master where that is.
 */
final class NioWorkerTransport implements WorkerTransport {

  private static final Logger log = LoggerFactory.getLogger(NioWorkerTransport.class);
  private static final String ADDRESS = "address";
  private static final String PROXY_PROTOCOL = "proxyProtocol";
  private static final String TRUNKS = "trunks";
  private static final int MAX_TRUNKS = 1024;

  private @Nullable Path socket;

  /** Reads the answer of a worker in the master. */
  static Target target(long id, Map<String, String> answer) {
    String address = answer.get(ADDRESS);
    if (address == null) {
      throw new IllegalArgumentException("the worker's answer names no address: " + answer);
    }
    return new Target(
        id,
        Addresses.parse(address),
        Boolean.parseBoolean(answer.get(PROXY_PROTOCOL)),
        Integer.parseInt(answer.getOrDefault(TRUNKS, "0")));
  }

  @Override
  public CompletionStage<Map<String, String>> start(Server server, Setup setup) {
    if (!(server instanceof ListeningServer listening)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "transport nio can't feed a "
                  + server.getClass().getName()
                  + "; let the worker's program complete with an NioServer, with any server by way"
                  + " of AnyServer, or with a NettyServer"));
    }
    Path path = setup.directory().resolve("w" + setup.index() + "-" + setup.id() + ".sock");
    socket = path;
    return listening
        .listen(UnixDomainSocketAddress.of(path))
        .thenApply(address -> answer(listening, address));
  }

  private static Map<String, String> answer(ListeningServer server, SocketAddress address) {
    int trunks = server.trunks();
    if (trunks < 0 || trunks > MAX_TRUNKS) {
      throw new IllegalArgumentException("trunks are 0 to " + MAX_TRUNKS + ", not " + trunks);
    }
    if (trunks > 0 && !(address instanceof UnixDomainSocketAddress)) {
      throw new IllegalArgumentException(
          "a server with trunks must listen on the unix socket suggested to it, not on " + address);
    }
    return Map.of(
        ADDRESS,
        Addresses.format(address),
        PROXY_PROTOCOL,
        Boolean.toString(server.expectsProxyProtocol()),
        TRUNKS,
        Integer.toString(trunks));
  }

  /** Nothing to do: the master brings no more, and what it brought is with the server. */
  @Override
  public CompletionStage<?> drain() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    Path path = socket;
    socket = null;
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        log.debug("socket {} stays: {}", path, e.toString());
      }
    }
  }
}
