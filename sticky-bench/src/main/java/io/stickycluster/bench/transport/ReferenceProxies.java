package io.stickycluster.bench.transport;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Configurations of HAProxy and nginx that do what the NIO transport does. */
final class ReferenceProxies {

  private ReferenceProxies() {}

  static String haproxy(int port, List<Path> workers) {
    String servers =
        IntStream.range(0, workers.size())
            .mapToObj(i -> "  server w" + i + " unix@" + workers.get(i) + " send-proxy-v2\n")
            .collect(Collectors.joining());
    return """
        global
          nbthread 2
          maxconn 8000
        defaults
          mode tcp
          timeout connect 10s
          timeout client 60s
          timeout server 60s
        frontend f
          bind 127.0.0.1:%d backlog 1024
          default_backend b
        backend b
          balance source
          hash-type map-based djb2
        """
            .formatted(port)
        + servers;
  }

  static String nginx(int port, List<Path> workers, Path directory) {
    String servers =
        workers.stream()
            .map(path -> "    server unix:" + path + ";\n")
            .collect(Collectors.joining());
    return """
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        user root;
        daemon off;
        worker_processes 2;
        pid %s/nginx.pid;
        error_log %s/nginx.log error;
        events { worker_connections 8000; }
        stream {
          access_log off;
          upstream b {
            hash $remote_addr;
        %s  }
          server {
            listen 127.0.0.1:%d backlog=1024 reuseport;
            proxy_pass b;
            tcp_nodelay on;
          }
        }
        """
        .formatted(directory, directory, servers, port);
  }
}
