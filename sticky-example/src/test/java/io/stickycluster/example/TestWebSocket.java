package io.stickycluster.example;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A visitor of the chat who speaks Engine.IO 4 over a WebSocket by hand, and only listens. */
final class TestWebSocket implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final CompletableFuture<String> joined = new CompletableFuture<>();
  private final WebSocket socket;

  private TestWebSocket(int port) {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket"),
                new Listener())
            .join();
  }

  /** Connects, and waits until the worker knows the visitor. */
  static TestWebSocket join(int port) {
    TestWebSocket visitor = new TestWebSocket(port);
    visitor.joined.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return visitor;
  }

  /** Waits until the server closes the connection and returns why. */
  int closeCode() {
    return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      if (text.charAt(0) == '0') {
        from.sendText("40", true); // Engine.IO is open: connect to the main namespace.
      } else if (text.toString().startsWith("40")) {
        joined.complete(text.toString());
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      joined.completeExceptionally(error);
      closed.completeExceptionally(error);
    }
  }
}
