package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.TransportSettings;
import io.stickycluster.transport.netty.SteeringPlan.ImpossibleException;
import io.stickycluster.transport.netty.bpf.BpfInstruction;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master's half. Chooses the road and brings every call of the master's thread to the event
 * loop that owns the road's state.
 */
final class NettyTransport implements Transport {

  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

  private final TransportSettings settings;
  private final TransportStats stats = new TransportStats();
  private final Router router;
  private @Nullable MultiThreadIoEventLoopGroup group;
  private volatile @Nullable IoEventLoop loop;
  private volatile @Nullable Road road;
  private volatile @Nullable HandOverPoint point;
  private volatile String description = "not bound yet";

  NettyTransport(TransportSettings settings, Router router) {
    this.settings = settings;
    this.router = router;
  }

  @Override
  public InetSocketAddress bind() throws IOException {
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("sticky-master", true), EpollIoHandler.newFactory());
    loop = group.next();
    try {
      return onLoop(this::open);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public String handOver() {
    return road().name();
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public Map<String, String> prepare(Seat seat) {
    HandOverPoint open = point();
    run(() -> open.expect(seat));
    Map<String, String> parameters = new HashMap<>(road().parameters());
    parameters.put(Parameters.HAND_OVER, road().name());
    parameters.put(Parameters.SOCKET, open.path().toString());
    return parameters;
  }

  @Override
  public void ready(Seat seat, Map<String, String> answer) {
    run(() -> road().ready(seat));
  }

  @Override
  public void drain(Seat seat) {
    run(() -> road().drain(seat));
  }

  @Override
  public void exited(Seat seat) {
    run(
        () -> {
          point().forget(seat);
          road().exited(seat);
        });
  }

  @Override
  public void resize(Router newRouter) throws IOException {
    onLoop(
        () -> {
          road().resize(newRouter);
          return newRouter;
        });
  }

  @Override
  public TransportCounters counters() {
    return stats.snapshot();
  }

  @Override
  public void shutdown() {
    run(() -> road().shutdown());
  }

  @Override
  public void close() {
    MultiThreadIoEventLoopGroup running = group;
    if (running == null || running.isShuttingDown()) {
      return;
    }
    run(
        () -> {
          HandOverPoint openPoint = point;
          if (openPoint != null) {
            openPoint.close();
          }
          Road openRoad = road;
          if (openRoad != null) {
            openRoad.close();
          }
        });
    running.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  private InetSocketAddress open() throws IOException {
    InetSocketAddress address = openRoad();
    try {
      point = new HandOverPoint(loop(), settings.directory(), road()::attached);
    } catch (IOException e) {
      road().close();
      throw e;
    }
    return address;
  }

  private InetSocketAddress openRoad() throws IOException {
    String wanted = settings.handOver();
    if (wanted.equals(Parameters.CONNECTION)) {
      return openConnectionRoad("as asked for");
    }
    String obstacle;
    try {
      if (settings.keyReader() != null) {
        throw new ImpossibleException("the key is read from what the client sends");
      }
      return openListenerRoad(SteeringPlan.compile(router));
    } catch (BindException e) {
      throw e;
    } catch (ImpossibleException | IOException e) {
      obstacle = String.valueOf(e.getMessage());
    }
    if (wanted.equals(Parameters.LISTENER)) {
      throw new IOException(
          "hand-over 'listener' is not possible: " + obstacle + "; choose 'connection' or 'auto'");
    }
    return openConnectionRoad("because the kernel can't steer: " + obstacle);
  }

  private InetSocketAddress openListenerRoad(List<BpfInstruction> program) throws IOException {
    ListenerRoad listenerRoad =
        new ListenerRoad(
            loop(), settings.address(), settings.backlog(), router.workers(), program, stats);
    road = listenerRoad;
    description =
        "hand-over listener: the kernel steers each connection to its worker's own queue ("
            + program.size()
            + " instructions of classic BPF)";
    return listenerRoad.address();
  }

  private InetSocketAddress openConnectionRoad(String why) throws IOException {
    Socket listener = PortListeners.open(settings.address(), settings.backlog(), false);
    InetSocketAddress address = listener.localAddress();
    ConnectionRoad connectionRoad = new ConnectionRoad(loop(), listener, settings, router, stats);
    connectionRoad.start();
    road = connectionRoad;
    description = "hand-over connection: the master accepts and passes descriptors, " + why;
    return address;
  }

  private void run(Runnable task) {
    loop()
        .execute(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                LOG.error("the transport failed at a task", e);
              }
            });
  }

  private <T> T onLoop(Callable<T> task) throws IOException {
    try {
      return loop().submit(task).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    }
  }

  private IoEventLoop loop() {
    return bound(loop);
  }

  private Road road() {
    return bound(road);
  }

  private HandOverPoint point() {
    return bound(point);
  }

  private static <T> T bound(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the transport is not bound");
    }
    return part;
  }
}
