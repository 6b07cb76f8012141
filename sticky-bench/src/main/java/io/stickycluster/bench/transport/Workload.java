package io.stickycluster.bench.transport;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What clients ask for. */
enum Workload {
  /** One small request per connection. */
  ONE("one", "one request per connection", "/hello", 5, 1, 250_000),
  /** Many small requests, one after the other, per connection. */
  KEEP_ALIVE("keep-alive", "200 requests per connection", "/hello", 5, 200, 1_000_000),
  /** Bodies of 1 MiB. */
  BODIES("bodies", "1 MiB bodies, 20 per connection", "/bytes?n=1048576", 1 << 20, 20, 20_000);

  private final String label;
  private final String title;
  private final String path;
  private final int bodyBytes;
  private final int requestsPerConnection;
  private final int warmUpRequests;

  Workload(
      String label,
      String title,
      String path,
      int bodyBytes,
      int requestsPerConnection,
      int warmUpRequests) {
    this.label = label;
    this.title = title;
    this.path = path;
    this.bodyBytes = bodyBytes;
    this.requestsPerConnection = requestsPerConnection;
    this.warmUpRequests = warmUpRequests;
  }

  /** Returns the workload with this name on the command line. */
  static Workload of(String label) {
    return Arrays.stream(values())
        .filter(workload -> workload.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no workload '%s': there are %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(Workload::label)
                                .collect(Collectors.joining(", ")))));
  }

  String label() {
    return label;
  }

  String title() {
    return title;
  }

  String path() {
    return path;
  }

  int bodyBytes() {
    return bodyBytes;
  }

  int requestsPerConnection() {
    return requestsPerConnection;
  }

  /** Returns after how many requests the JVMs have compiled what they run. */
  int warmUpRequests() {
    return warmUpRequests;
  }
}
