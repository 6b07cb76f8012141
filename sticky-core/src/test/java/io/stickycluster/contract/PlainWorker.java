package io.stickycluster.contract;

import io.stickycluster.ListeningServer;
import io.stickycluster.StickyCluster;
import io.stickycluster.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A contract worker on plain sockets: a server that knows nothing of the cluster, listens on a
 * loopback port and takes no PROXY protocol.
 */
public final class PlainWorker implements ListeningServer {

  private final Worker worker;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private ServerSocket listener = unbound();
  private volatile boolean draining;

  private PlainWorker(Worker worker) {
    this.worker = worker;
  }

  /** Runs the worker. */
  public static void main(String[] args) {
    StickyCluster.builder()
        .build()
        .run(worker -> CompletableFuture.completedFuture(new PlainWorker(worker)));
  }

  private static ServerSocket unbound() {
    try {
      return new ServerSocket();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public CompletionStage<SocketAddress> listen(SocketAddress suggested) {
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
      new Thread(this::acceptAll, "accept").start();
      return CompletableFuture.completedFuture(listener.getLocalSocketAddress());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket socket = listener.accept();
        open.add(socket);
        new Thread(() -> serve(socket), "serve").start();
      }
    } catch (IOException e) {
      // The listener was closed.
      drained.complete(null);
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(Answers.delayMillis(line));
        String answer = Answers.answer(worker, "unknown") + "\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        if (draining) {
          break;
        }
      }
    } catch (IOException | InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
      finishIfDrained();
    }
  }

  private void finishIfDrained() {
    if (draining && open.isEmpty()) {
      drained.complete(null);
    }
  }

  @Override
  public boolean expectsProxyProtocol() {
    return false;
  }

  @Override
  public CompletionStage<?> drain() {
    draining = true;
    finishIfDrained();
    return drained;
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      drained.completeExceptionally(e);
    }
  }
}
