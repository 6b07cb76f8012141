package launch.app;

import com.sun.net.httpserver.HttpServer;
import io.stickycluster.ClusterListener;
import io.stickycluster.ListeningServer;
import io.stickycluster.Master;
import io.stickycluster.StickyCluster;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves how its worker was started: arguments, a property, JVM options, module. */
public final class Main {

  public static void main(String[] args) {
    StickyCluster.builder()
        .concurrency(2)
        .port(0)
        .listener(new ReadyLine())
        .build()
        .run(worker -> CompletableFuture.completedFuture(new Http(args)));
  }

  private static final class ReadyLine implements ClusterListener {
    @Override
    public void clusterReady(Master master) {
      System.out.println("ready " + master.address().getPort());
    }
  }

  private static final class Http implements ListeningServer {
    private final HttpServer http;

    Http(String[] args) {
      String text =
          "args=" + List.of(args)
              + "\nflag=" + System.getProperty("launch.flag")
              + "\nmodule=" + Main.class.getModule().getName()
              + "\njvm=" + ManagementFactory.getRuntimeMXBean().getInputArguments()
              + "\n";
      try {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      http.createContext(
          "/",
          exchange -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
    }

    @Override
    public CompletionStage<SocketAddress> listen(SocketAddress suggested) {
      http.start();
      return CompletableFuture.completedFuture(http.getAddress());
    }

    @Override
    public boolean expectsProxyProtocol() {
      return false;
    }

    @Override
    public CompletionStage<?> drain() {
      http.stop(0);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }
}
