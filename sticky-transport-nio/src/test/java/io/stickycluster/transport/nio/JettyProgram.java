package io.stickycluster.transport.nio;

import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;

/** A worker with Jetty, which learns its clients' addresses by the PROXY protocol. */
final class JettyProgram {

  private JettyProgram() {}

  static AnyServer server() {
    Server jetty = new Server();
    jetty.setHandler(new GracefulHandler(new Hello()));
    jetty.setStopTimeout(10_000);
    return AnyServer.unix(
            path -> {
              var http = new HttpConnectionFactory();
              var proxy = new ProxyConnectionFactory(http.getProtocol());
              var connector = new UnixDomainServerConnector(jetty, proxy, http);
              connector.setUnixDomainPath(path);
              jetty.addConnector(connector);
              jetty.start();
            })
        .proxyProtocol(true)
        .onDrain(() -> CompletableFuture.runAsync(() -> stop(jetty)))
        .build();
  }

  private static void stop(Server jetty) {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Hello extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String text = "hello " + Request.getRemoteAddr(request);
      org.eclipse.jetty.io.Content.Sink.write(response, true, text, callback);
      return true;
    }
  }
}
