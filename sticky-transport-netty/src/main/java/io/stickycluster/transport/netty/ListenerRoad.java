package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Socket;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.transport.netty.SteeringPlan.ImpossibleException;
import io.stickycluster.transport.netty.bpf.BpfInstruction;
import io.stickycluster.transport.netty.bpf.ReuseportSteering;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The listener road: one listener for each worker on the same port, among which the kernel chooses
 * by the router's program. Workers accept from a copy of their listener; the master keeps one, so
 * that the queue outlives the worker, and accepts nothing itself.
 *
 * <p>The kernel numbers listeners in the order of opening and moves the last one into the place of
 * one that closes. So only the last may ever be closed here, after the program has let go of it and
 * its worker has gone.
 *
 * <p>Used on the master's event loop only.
 */
final class ListenerRoad implements Road, WorkerLanes.Home {

  private final IoEventLoop loop;
  private final InetSocketAddress address;
  private final int backlog;
  private final TransportStats stats;
  private final List<Socket> listeners = new ArrayList<>();
  private final Map<Long, WorkerLanes> workers = new HashMap<>();
  private int wanted;
  private boolean down;

  /**
   * Opens the listeners and gives the kernel the program.
   *
   * @throws IOException if the address can't be had or the kernel refuses; nothing is open then
   * @throws java.net.BindException if it is the address
   */
  ListenerRoad(
      IoEventLoop loop,
      InetSocketAddress wantedAddress,
      int backlog,
      int count,
      List<BpfInstruction> program,
      TransportStats stats)
      throws IOException {
    this.loop = loop;
    this.backlog = backlog;
    this.stats = stats;
    this.wanted = count;
    listeners.add(PortListeners.open(wantedAddress, backlog, true));
    try {
      Socket first = listeners.get(0);
      address = first.localAddress();
      grow(count);
      ReuseportSteering.attach(first, program);
      ReuseportSteering.unmute(first);
    } catch (IOException e) {
      listeners.forEach(Descriptors::close);
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public String name() {
    return Parameters.LISTENER;
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  @Override
  public void attached(Seat seat, int number, Socket socket) {
    if (down || seat.index() >= listeners.size()) {
      Descriptors.close(socket);
      return;
    }
    WorkerLanes worker = workers.computeIfAbsent(seat.id(), id -> new WorkerLanes(seat, this));
    Lane lane = new Lane(loop, socket, worker, stats, 0);
    lane.start();
    worker.add(lane);
    lane.sendShared(listeners.get(seat.index()));
  }

  @Override
  public void ready(Seat seat) {
    // It accepts since it got the listener.
  }

  @Override
  public void drain(Seat seat) {
    WorkerLanes worker = workers.get(seat.id());
    if (worker != null) {
      worker.finish();
    }
  }

  @Override
  public void exited(Seat seat) {
    WorkerLanes worker = workers.remove(seat.id());
    if (worker != null) {
      worker.close();
    }
    shrink();
  }

  @Override
  public void resize(Router router) throws IOException {
    List<BpfInstruction> program;
    try {
      program = SteeringPlan.compile(router);
    } catch (ImpossibleException e) {
      throw new IOException("the kernel can't steer to so many workers: " + e.getMessage(), e);
    }
    int before = listeners.size();
    try {
      grow(router.workers());
      ReuseportSteering.attach(listeners.get(0), program);
    } catch (IOException e) {
      while (listeners.size() > before) {
        Descriptors.close(listeners.remove(listeners.size() - 1));
      }
      throw e;
    }
    wanted = router.workers();
    shrink();
  }

  @Override
  public void shutdown() {
    down = true;
    // The workers have copies and serve what is queued there.
    listeners.forEach(Descriptors::close);
    listeners.clear();
  }

  @Override
  public void close() {
    shutdown();
    workers.values().forEach(WorkerLanes::close);
    workers.clear();
  }

  @Override
  public void room(WorkerLanes worker) {
    // Nothing waits here.
  }

  @Override
  public void takeBack(WorkerLanes worker, List<HeldConnection> connections) {
    // Nothing was sent that could come back.
  }

  private void grow(int count) throws IOException {
    while (listeners.size() < count) {
      listeners.add(PortListeners.join(address, backlog));
    }
  }

  /** Closes the last listeners as long as nobody needs them. */
  private void shrink() {
    while (listeners.size() > wanted && !isHeld(listeners.size() - 1)) {
      Descriptors.close(listeners.remove(listeners.size() - 1));
    }
  }

  private boolean isHeld(int index) {
    return workers.values().stream().anyMatch(worker -> worker.seat().index() == index);
  }
}
