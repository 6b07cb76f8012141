package io.stickycluster.transport.nio;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** A worker with the JDK's HTTP server. */
final class JdkHttpServerProgram {

  private JdkHttpServerProgram() {}

  static AnyServer server() {
    HttpServer[] http = new HttpServer[1];
    return AnyServer.port(
            loopback -> {
              http[0] = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
              http[0].createContext(
                  "/hello",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 5);
                    exchange.getResponseBody().write(new byte[] {'h', 'e', 'l', 'l', 'o'});
                    exchange.close();
                  });
              http[0].start();
              return http[0].getAddress().getPort();
            })
        .onDrain(() -> CompletableFuture.runAsync(() -> http[0].stop(1)))
        .build();
  }
}
