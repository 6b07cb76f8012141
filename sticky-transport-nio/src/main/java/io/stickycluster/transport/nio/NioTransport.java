package io.stickycluster.transport.nio;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.TransportSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master's half: opens the listeners, runs the loops, and tells each of them what the
 * supervisor says.
 */
final class NioTransport implements Transport {

  private static final Logger log = LoggerFactory.getLogger(NioTransport.class);

  private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(2);

  private final TransportSettings settings;
  private final NioOptions options;
  private final Counts counts = new Counts();
  private final List<Loop> loops = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Router router;
  private int listeners;

  NioTransport(TransportSettings settings, NioOptions options, Router router) {
    this.settings = settings;
    this.options = options;
    this.router = router;
  }

  @Override
  public InetSocketAddress bind() throws IOException {
    // When it first closes a channel the JDK opens a descriptor that it needs for closing; if that
    // failed at the descriptor limit, no channel could be closed ever after.
    SocketChannel.open().close();
    List<ServerSocketChannel> opened =
        Listeners.open(settings.address(), settings.backlog(), options.loops());
    listeners = opened.size();
    InetSocketAddress address = (InetSocketAddress) opened.get(0).getLocalAddress();
    try {
      for (int i = 0; i < options.loops(); i++) {
        loops.add(new Loop(settings, options, counts, router));
      }
      Limits limits = Limits.of(options);
      for (int i = 0; i < listeners; i++) {
        loops.get(i).listen(opened.get(i), limits, taker(i));
      }
    } catch (IOException | RuntimeException e) {
      opened.forEach(Closing::quietly);
      throw e;
    }
    for (Loop loop : loops) {
      Thread thread = new Thread(loop, "sticky-nio-" + threads.size());
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    return address;
  }

  /** Each loop serves what it accepts; a lone listener's loop deals out to all. */
  private BiConsumer<SocketChannel, @Nullable SocketChannel> taker(int index) {
    Loop own = loops.get(index);
    if (listeners > 1 || loops.size() == 1) {
      return own::adopt;
    }
    return new BiConsumer<>() {
      private int next;

      @Override
      public void accept(SocketChannel client, @Nullable SocketChannel backend) {
        Loop loop = loops.get(next++ % loops.size());
        if (loop == own) {
          own.adopt(client, backend);
        } else {
          loop.execute(() -> loop.adopt(client, backend));
        }
      }
    };
  }

  @Override
  public String handOver() {
    return "bytes";
  }

  @Override
  public String describe() {
    return "bytes proxied by "
        + options.loops()
        + (options.loops() == 1 ? " loop" : " loops")
        + (listeners > 1 ? ", each with its own listener" : "");
  }

  @Override
  public Map<String, String> prepare(Seat seat) {
    return Map.of();
  }

  @Override
  public void ready(Seat seat, Map<String, String> answer) {
    Target target = NioWorkerTransport.target(seat.id(), answer);
    log.debug("worker {} listens on {}", seat.index(), target.address());
    tellLoops(loop -> loop.ready(seat.index(), target));
  }

  @Override
  public void drain(Seat seat) {
    tellLoops(loop -> loop.ended(seat.index(), seat.id()));
  }

  @Override
  public void exited(Seat seat) {
    tellLoops(loop -> loop.ended(seat.index(), seat.id()));
  }

  @Override
  public void resize(Router successor) {
    router = successor;
    tellLoops(loop -> loop.resize(successor));
  }

  @Override
  public TransportCounters counters() {
    return counts.snapshot();
  }

  @Override
  public void shutdown() {
    tellLoops(Loop::stopAccepting);
  }

  private void tellLoops(Consumer<Loop> message) {
    for (Loop loop : loops) {
      loop.execute(() -> message.accept(loop));
    }
  }

  @Override
  public void close() {
    loops.forEach(Loop::stop);
    try {
      for (Thread thread : threads) {
        thread.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
