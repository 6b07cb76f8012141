package io.stickycluster.bench.transport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.stickycluster.bench.transport.Sources.Source;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A process of its own that asks servers as often as it can from many loopback addresses, with few
 * threads and system calls, for it shares the processors with the servers.
 */
final class LoadGenerator implements AutoCloseable {

  private static final int LOOPS = 2;

  /** How far apart clients begin in the list of sources. */
  private static final int STRIDE = 7;

  /** By workload and the index of the worker that serves them. */
  private final Map<Workload, List<List<LoadClient.Request>>> requestsByWorker =
      new EnumMap<>(Workload.class);

  private final List<IoEventLoop> loops = new ArrayList<>();
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());

  LoadGenerator(KeyHeader key) {
    List<List<Source>> sources = Sources.choose();
    for (Workload workload : Workload.values()) {
      requestsByWorker.put(
          workload, sources.stream().map(list -> requests(workload, list, key)).toList());
    }
    for (int i = 0; i < LOOPS; i++) {
      loops.add(group.next());
    }
  }

  /**
   * Reads orders and writes results, a line each, until standard input ends.
   *
   * @param args the key
   */
  public static void main(String[] args) throws Exception {
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (LoadGenerator generator = new LoadGenerator(KeyHeader.of(args[0]))) {
      Child.ready("");
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        System.out.println(generator.run(Load.parse(order)).toLine());
      }
    }
    System.exit(0);
  }

  /** Runs one order to its end, which comes some seconds after its time at the latest. */
  Load.Result run(Load load) {
    List<List<LoadClient.Request>> requests =
        Objects.requireNonNull(requestsByWorker.get(load.workload()));
    long start = System.nanoTime();
    List<CompletableFuture<LoadLoop.Count>> counts = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      LoadLoop loop = new LoadLoop(loops.get(i), load, start);
      // Neighbours share a loop and go to different workers, so that all are equally busy.
      for (int client = 0; client < load.connections(); client++) {
        if (client / Sources.WORKERS % LOOPS == i) {
          loop.add(requests.get(client % Sources.WORKERS), client * STRIDE);
        }
      }
      counts.add(loop.run());
    }
    long answers = 0;
    long errors = 0;
    long end = start;
    String firstError = "";
    for (CompletableFuture<LoadLoop.Count> future : counts) {
      LoadLoop.Count count = future.join();
      answers += count.requests();
      errors += count.errors();
      end = Math.max(end, count.lastAnswerNanos());
      firstError = firstError.isEmpty() ? count.firstError() : firstError;
    }
    return new Load.Result(answers, end - start, errors, firstError);
  }

  private static List<LoadClient.Request> requests(
      Workload workload, List<Source> sources, KeyHeader key) {
    return sources.stream().map(source -> LoadClient.Request.of(workload, source, key)).toList();
  }

  @Override
  public void close() {
    var unused = group.shutdownGracefully();
  }
}
