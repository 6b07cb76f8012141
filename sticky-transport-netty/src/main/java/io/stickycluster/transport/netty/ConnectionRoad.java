package io.stickycluster.transport.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport.Seat;
import io.stickycluster.spi.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection road: the master accepts, finds the index and hands the descriptor to the worker,
 * but keeps its own copy until the worker acknowledges it.
 *
 * <p>Used on the master's event loop only.
 */
final class ConnectionRoad implements Road, WorkerLanes.Home, HeadReading.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRoad.class);
  private static final int MAX_ACCEPTS_PER_TURN = 64;
  private static final int SCRATCH_BYTES = 16 * 1024;

  private final IoEventLoop loop;
  private final TransportSettings settings;
  private final TransportStats stats;
  private final AcceptLoop acceptLoop;
  private final @Nullable KeyReader keyReader;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private final Map<Long, WorkerLanes> workers = new HashMap<>();
  private final Set<HeadReading> readings = new LinkedHashSet<>();
  private final List<Slot> slots = new ArrayList<>();
  private Router router;

  ConnectionRoad(
      IoEventLoop loop,
      Socket listener,
      TransportSettings settings,
      Router router,
      TransportStats stats) {
    this.loop = loop;
    this.settings = settings;
    this.stats = stats;
    this.router = router;
    this.keyReader = settings.keyReader();
    this.acceptLoop = new AcceptLoop(loop, listener, MAX_ACCEPTS_PER_TURN, this::accepted);
    fitSlots();
  }

  void start() {
    acceptLoop.start();
  }

  @Override
  public String name() {
    return Parameters.CONNECTION;
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(Parameters.MAX_READ_AHEAD_BYTES, Integer.toString(maxReadAheadBytes()));
  }

  @Override
  public void attached(Seat seat, int number, Socket socket) {
    WorkerLanes worker = worker(seat);
    Lane lane = new Lane(loop, socket, worker, stats, maxReadAheadBytes());
    lane.start();
    worker.add(lane);
    room(worker);
  }

  @Override
  public void ready(Seat seat) {
    if (seat.index() < slots.size()) {
      slots.get(seat.index()).ready(worker(seat));
    }
  }

  @Override
  public void drain(Seat seat) {
    WorkerLanes worker = worker(seat);
    if (seat.index() < slots.size()) {
      slots.get(seat.index()).drain(worker);
    } else {
      worker.finish();
    }
  }

  @Override
  public void exited(Seat seat) {
    WorkerLanes worker = workers.remove(seat.id());
    if (worker == null) {
      return;
    }
    if (seat.index() < slots.size()) {
      slots.get(seat.index()).exited(worker);
    }
    worker.end();
  }

  @Override
  public void resize(Router newRouter) {
    router = newRouter;
    List<HeldConnection> waiting = new ArrayList<>();
    slots.forEach(slot -> waiting.addAll(slot.removeAll()));
    fitSlots();
    waiting.forEach(this::route);
  }

  @Override
  public void shutdown() {
    // Who is in the kernel's queue already counts as accepted.
    acceptLoop.accept(settings.backlog());
    acceptLoop.close();
  }

  @Override
  public void close() {
    acceptLoop.close();
    List.copyOf(readings).forEach(HeadReading::close);
    readings.clear();
    workers.values().forEach(WorkerLanes::close);
    workers.clear();
    slots.forEach(slot -> slot.removeAll().forEach(Descriptors::close));
  }

  private void accepted(int fd, byte[] address) {
    stats.accepted.increment();
    HeldConnection connection = new HeldConnection(fd, stats);
    if (keyReader != null) {
      readHead(keyReader, connection, NativeInetAddress.address(address, 1, address[0]));
      return;
    }
    int index = router.indexOfAddress(address, 1, address[0] == 8 ? 4 : 16);
    if (settings.debug()) {
      logChoice(NativeInetAddress.address(address, 1, address[0]), index);
    }
    slots.get(index).offer(connection);
  }

  private static void logChoice(InetSocketAddress client, int index) {
    LOG.info("{} -> worker {}", NetUtil.toSocketAddressString(client), index);
  }

  private void readHead(KeyReader reader, HeldConnection connection, InetSocketAddress peer) {
    HeadReading reading = new HeadReading(loop, connection, peer, reader, this, scratch);
    readings.add(reading);
    reading.start();
    if (readings.size() > settings.parking().maxConnections()) {
      // Silent clients don't keep others out: the oldest one is judged by what it has said.
      readings.iterator().next().decide();
    }
  }

  @Override
  public void found(HeadReading reading, HeldConnection connection, Found found) {
    readings.remove(reading);
    int index = KeyReader.index(router, found);
    if (settings.debug()) {
      logChoice(found.client(), index);
    }
    slots.get(index).offer(connection);
  }

  @Override
  public void gone(HeadReading reading, @Nullable String reason) {
    readings.remove(reading);
    if (reason != null) {
      stats.rejected.increment();
      LOG.debug("closed a connection: {}", reason);
    }
  }

  @Override
  public void room(WorkerLanes worker) {
    int index = worker.seat().index();
    if (index < slots.size()) {
      slots.get(index).room(worker);
    }
  }

  @Override
  public void takeBack(WorkerLanes worker, List<HeldConnection> connections) {
    int index = worker.seat().index();
    if (index < slots.size()) {
      slots.get(index).takeBack(connections);
    } else {
      connections.forEach(this::route);
    }
  }

  /** Finds the way of a connection whose index may have changed. */
  private void route(HeldConnection connection) {
    Found found = connection.found();
    if (found != null) {
      slots.get(KeyReader.index(router, found)).offer(connection);
      return;
    }
    InetSocketAddress peer = new Socket(connection.intValue()).remoteAddress();
    if (peer == null) {
      Descriptors.close(connection);
      return;
    }
    byte[] address = peer.getAddress().getAddress();
    slots.get(router.indexOfAddress(address, 0, address.length)).offer(connection);
  }

  private void fitSlots() {
    while (slots.size() > router.workers()) {
      slots.remove(slots.size() - 1);
    }
    while (slots.size() < router.workers()) {
      slots.add(new Slot(loop, settings.parking(), stats, scratch));
    }
  }

  private WorkerLanes worker(Seat seat) {
    return workers.computeIfAbsent(seat.id(), id -> new WorkerLanes(seat, this));
  }

  private int maxReadAheadBytes() {
    return keyReader == null ? 0 : keyReader.maxHeadBytes();
  }
}
