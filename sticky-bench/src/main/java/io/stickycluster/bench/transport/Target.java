package io.stickycluster.bench.transport;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is measured: one way for a connection to reach the same HTTP pipeline. */
enum Target {
  /** One process with as many event loops as there are workers elsewhere: the limit. */
  NETTY("netty"),
  LISTENER("listener"),
  CONNECTION("connection"),
  NIO("nio"),
  /** Before the servers that the other proxies have behind them, each client on its own. */
  NIO_ANY("nio-any"),
  CONNECTION_KEY("connection-key", CONNECTION),
  NIO_KEY("nio-key", NIO),
  HAPROXY("haproxy"),
  NGINX("nginx"),
  NODE("node");

  private final String label;
  private final @Nullable Target byAddress;

  Target(String label) {
    this(label, null);
  }

  Target(String label, @Nullable Target byAddress) {
    this.label = label;
    this.byAddress = byAddress;
  }

  /** Returns the target with this name on the command line. */
  static Target of(String label) {
    return Arrays.stream(values())
        .filter(target -> target.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no target '%s': there are %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(Target::label)
                                .collect(Collectors.joining(", ")))));
  }

  String label() {
    return label;
  }

  /** Returns the same road with the client's address as the key, if this one's key is another. */
  @Nullable Target byAddress() {
    return byAddress;
  }
}
