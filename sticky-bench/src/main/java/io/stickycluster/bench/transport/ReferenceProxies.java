package io.stickycluster.bench.transport;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Configurations that make others do what the cluster does. */
final class ReferenceProxies {

  private ReferenceProxies() {}

  /** Returns a configuration of HAProxy. */
  static String haproxy(int port, List<Path> workers) {
    String servers =
        IntStream.range(0, workers.size())
            .mapToObj(i -> "server w%d unix@%s".formatted(i, workers.get(i)))
            .collect(Collectors.joining("\n  "));
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
          bind 127.0.0.1:%d backlog 4096
          default_backend b
        backend b
          balance source
          hash-type map-based djb2
          %s
        """
        .formatted(port, servers);
  }

  /** Returns a configuration of nginx, which keeps its files in the directory. */
  static String nginx(int port, List<Path> workers, Path directory) {
    String servers =
        workers.stream()
            .map(path -> "server unix:" + path + ";")
            .collect(Collectors.joining("\n    "));
    return """
        include /etc/nginx/modules-enabled/*.conf;
        user %4$s;
        daemon off;
        worker_processes 2;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.log error;
        events { worker_connections 8000; }
        stream {
          access_log off;
          upstream b {
            hash $remote_addr;
            %2$s
          }
          server {
            listen 127.0.0.1:%3$d backlog=4096 reuseport;
            proxy_pass b;
            tcp_nodelay on;
          }
        }
        """
        .formatted(directory, servers, port, System.getProperty("user.name"));
  }

  /** Returns a program for Node.js that runs the original with a server like {@link Pages}. */
  static String node(int port, Path module, int workers) {
    return """
        'use strict';
        const http = require('http');
        const zeros = Buffer.alloc(1 << 20);
        require('%s')(callback => callback(http.createServer((request, response) => {
          const query = request.url.indexOf('?n=');
          const body = query < 0 ? 'hello' : zeros.subarray(0, Number(request.url.slice(query + 3)));
          response.writeHead(200, { 'content-length': body.length });
          response.end(body);
        })), { concurrency: %d, port: %d });
        """
        .formatted(module, workers, port);
  }
}
