package io.stickycluster.transport.nio;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A worker with embedded Tomcat on a unix socket. */
final class TomcatProgram {

  private TomcatProgram() {}

  static AnyServer server() {
    Tomcat tomcat = new Tomcat();
    return AnyServer.unix(
            path -> {
              tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
              Connector connector = new Connector();
              connector.setProperty("unixDomainSocketPath", path.toString());
              tomcat.setConnector(connector);
              var context = tomcat.addContext("", null);
              Tomcat.addServlet(context, "hello", new Hello());
              context.addServletMappingDecoded("/hello", "hello");
              tomcat.start();
            })
        .onDrain(() -> CompletableFuture.runAsync(() -> stop(tomcat)))
        .build();
  }

  private static void stop(Tomcat tomcat) {
    try {
      tomcat.getConnector().pause();
      tomcat.stop();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Hello extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
