package io.stickycluster.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example in networks that lack something, each of them a network namespace of its own. */
class RestrictedNetworkIT {

  private static final int WORKERS = 3;

  /** No program of more than a few instructions is attached to a socket. */
  private static final String NO_STEERING = "echo 500 >/proc/sys/net/core/optmem_max";

  private static final String NO_IPV6 = "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6";

  @BeforeAll
  static void requireNamespaces() {
    List<String> trial = new ArrayList<>(network(NO_STEERING + "; " + NO_IPV6));
    trial.add("true");
    Machine.need(
        Machine.runs(trial.toArray(new String[0])),
        "a new network namespace is not permitted here (unshare --net)");
  }

  @Test
  void whereTheKernelRefusesToSteerTheMasterDoes() throws Exception {
    try (ExampleProcess example =
        ExampleProcess.start(network(NO_STEERING), Map.of(), "--workers=" + WORKERS)) {
      assertThat(example.ready().handOver()).isEqualTo("connection");
      assertThat(example.err())
          .filteredOn(line -> line.contains("because the kernel can't steer"))
          .singleElement()
          .asString()
          .contains("Cannot allocate memory");
      assertEveryClientReachesItsWorker(example);
    }
  }

  @Test
  void whoInsistsOnTheListenerRoadLearnsWhyItIsNotPossible() {
    try (ExampleProcess example =
        ExampleProcess.start(network(NO_STEERING), Map.of(), "--hand-over=listener")) {
      assertThat(example.awaitExit()).isEqualTo(1);
      assertThat(example.err())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("hand-over 'listener' is not possible")
                      .contains("choose 'connection' or 'auto'"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hand-over=listener", "--hand-over=connection", "--transport=nio"})
  void withoutIpv6EveryRoadServesIpv4(String road) throws Exception {
    try (ExampleProcess example =
        ExampleProcess.start(network(NO_IPV6), Map.of(), road, "--workers=" + WORKERS)) {
      assertEveryClientReachesItsWorker(example);
    }
  }

  private static void assertEveryClientReachesItsWorker(ExampleProcess example) throws Exception {
    Map<String, Integer> expected = new TreeMap<>();
    for (int host = 1; host <= 12; host++) {
      String client = "127.0.0." + host;
      expected.put(client, Djb2.worker(client, WORKERS));
    }
    assertThat(servedBy(example, expected.keySet())).isEqualTo(expected);
  }

  /** Asks from inside the namespace, by one connection for each client. */
  private static Map<String, Integer> servedBy(ExampleProcess example, Iterable<String> clients)
      throws IOException, InterruptedException {
    String script =
        "const net = require('net'), [port, ...clients] = process.argv.slice(1);"
            + "for (const client of clients) {"
            + "  const socket = net.connect({host: '127.0.0.1', port, localAddress: client});"
            + "  let answer = '';"
            + "  socket.on('data', bytes => answer += bytes);"
            + "  socket.on('end', () =>"
            + "    console.log(client, /x-sticky-worker: (\\d+)/i.exec(answer)[1]));"
            + "  socket.write('GET /hello HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n');"
            + "}";
    List<String> command =
        new ArrayList<>(
            List.of("nsenter", "--net=/proc/" + example.ready().pid() + "/ns/net", "node", "-e"));
    command.add(script);
    command.add(Integer.toString(example.port()));
    clients.forEach(command::add);
    Process node = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      List<String> lines = new String(node.getInputStream().readAllBytes(), UTF_8).lines().toList();
      assertThat(node.waitFor()).as("%s", lines).isZero();
      Map<String, Integer> workers = new TreeMap<>();
      for (String line : lines) {
        String[] words = line.split(" ", -1);
        assertThat(workers).doesNotContain(entry(words[0], Integer.valueOf(words[1])));
        workers.put(words[0], Integer.valueOf(words[1]));
      }
      return workers;
    } finally {
      node.destroyForcibly();
    }
  }

  /** Returns the launcher that starts a program in a network that is restricted so. */
  private static List<String> network(String restriction) {
    return List.of(
        "unshare",
        "--net",
        "sh",
        "-ec",
        "ip link set lo up; " + restriction + "; exec \"$@\"",
        "sh");
  }
}
