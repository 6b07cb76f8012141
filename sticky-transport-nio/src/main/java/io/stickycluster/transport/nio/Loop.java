package io.stickycluster.transport.nio;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.TransportSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One proxy thread: its selector, its connections and its view of the slots. A connection stays on
 * the loop that accepted it. Everything but {@link #execute} and {@link #stop} happens on the
 * loop's thread.
 */
final class Loop implements Runnable {

  /** What a selection key's attachment does when the key is ready. */
  interface Handler {
    void ready(SelectionKey key);

    /** Ends what {@link #ready} failed to serve. */
    void abort();
  }

  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final long TICK_MILLIS = 10;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final TransportSettings settings;
  private final NioOptions options;
  private final Counts counts;
  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Buffers buffers = new Buffers();
  private final List<Slot> slots = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private final Trunks trunks = new Trunks(this);
  private final Deadlines<HeadReader> heads;
  private final Deadlines<Arrival> connecting;
  private final Consumer<SelectionKey> dispatcher = this::dispatch;

  private Router router;
  private @Nullable Acceptor acceptor;
  private ArrayDeque<Connection> young = new ArrayDeque<>();
  private ArrayDeque<Connection> older = new ArrayDeque<>();
  private boolean sharing;
  private ArrayList<SocketChannel> retiring = new ArrayList<>();
  private ArrayList<SocketChannel> retired = new ArrayList<>();
  private long nowNanos = System.nanoTime();
  private long rotatedNanos = nowNanos;
  private long sweptNanos = nowNanos;
  private volatile boolean stopped;

  Loop(TransportSettings settings, NioOptions options, Counts counts, Router router)
      throws IOException {
    this.settings = settings;
    this.options = options;
    this.counts = counts;
    this.router = router;
    this.selector = Selector.open();
    KeyReader reader = settings.keyReader();
    this.heads = new Deadlines<>(reader == null ? Duration.ZERO : reader.deadline());
    this.connecting = new Deadlines<>(options.connectTimeout());
  }

  // From any thread.

  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  void stop() {
    stopped = true;
    selector.wakeup();
  }

  // What the supervisor says, on the loop's thread.

  void listen(
      ServerSocketChannel listener,
      Limits limits,
      BiConsumer<SocketChannel, @Nullable SocketChannel> taker)
      throws IOException {
    SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
    acceptor = new Acceptor(listener, key, counts, limits, () -> sharing, taker);
    key.attach(acceptor);
  }

  void stopAccepting() {
    if (acceptor != null) {
      acceptor.shutdown();
      acceptor = null;
    }
  }

  void ready(int index, Target target) {
    sharing = target.trunks() > 0;
    trunks.connect(target);
    slot(index).ready(target, nowNanos);
  }

  void ended(int index, long id) {
    slot(index).ended(id);
    trunks.ended(id);
  }

  void resize(Router successor) {
    router = successor;
    for (Slot slot : slots) {
      // Most go back to where they were, but who goes elsewhere is the router's affair.
      slot.evict().forEach(Arrival::reroute);
    }
  }

  // What connections ask of their loop.

  Router router() {
    return router;
  }

  boolean isDebug() {
    return settings.debug();
  }

  Counts counts() {
    return counts;
  }

  Buffers buffers() {
    return buffers;
  }

  ByteBuffer io() {
    return buffers.io();
  }

  long nowNanos() {
    return nowNanos;
  }

  /** Returns a clock that is good for seconds and takes 4 bytes to store. */
  int nowSeconds() {
    return (int) (nowNanos / 1_000_000_000L);
  }

  Deadlines<HeadReader> heads() {
    return heads;
  }

  Deadlines<Arrival> connecting() {
    return connecting;
  }

  Slot slot(int index) {
    while (slots.size() <= index) {
      slots.add(new Slot(settings.parking(), counts.parked(slots.size())));
    }
    return slots.get(index);
  }

  SelectionKey register(SocketChannel channel, int ops, Handler handler) throws IOException {
    return channel.register(selector, ops, handler);
  }

  Trunks trunks() {
    return trunks;
  }

  /** Returns an unconnected socket to a worker; at the limit of descriptors, the one in reserve. */
  SocketChannel backend() throws IOException {
    try {
      return Backends.open(true);
    } catch (IOException e) {
      SocketChannel reserve = acceptor == null ? null : acceptor.takeReserve();
      if (reserve == null) {
        throw e;
      }
      return reserve;
    }
  }

  /**
   * Begins to serve a connection that this loop's acceptor, or another's, accepted.
   *
   * @param backend an unconnected unix socket for its way to the worker, or null if it is to share
   *     a trunk
   */
  void adopt(SocketChannel client, @Nullable SocketChannel backend) {
    try {
      client.configureBlocking(false);
      KeyReader reader = settings.keyReader();
      if (reader == null) {
        Arrival.byAddress(this, client, backend).dispatch();
      } else {
        new HeadReader(this, client, backend, reader).start();
      }
    } catch (IOException | RuntimeException | Error e) {
      log.debug("a connection failed at its start: {}", e.toString(), e);
      if (client.isOpen()) {
        release(client, null);
      }
      Closing.quietly(backend);
    }
  }

  /** Takes over a connection that reached a worker. */
  void add(Connection connection) {
    connection.setPlace(connections.size());
    connections.add(connection);
  }

  /** Forgets a connection, whose channels its caller closes or keeps. */
  void remove(Connection connection) {
    int place = connection.place();
    Connection last = connections.remove(connections.size() - 1);
    if (last != connection) {
      connections.set(place, last);
      last.setPlace(place);
    }
  }

  /**
   * Asks for {@link Connection#settle} as soon as the loop has nothing else to do, or a little
   * later.
   */
  void settleSoon(Connection connection) {
    young.add(connection);
  }

  /** Ends a client's connection: closes its channel and counts it out. */
  void release(SocketChannel client, @Nullable SelectionKey key) {
    counts.open.decrementAndGet();
    retire(client, key);
  }

  /**
   * Closes a channel. A registered one is first taken from the selector, because closing it before
   * costs two more system calls.
   */
  void retire(SocketChannel channel, @Nullable SelectionKey key) {
    if (key == null) {
      Closing.quietly(channel);
    } else {
      key.cancel();
      retiring.add(channel);
    }
  }

  // The loop itself.

  @Override
  public void run() {
    try {
      while (!stopped) {
        turn();
      }
    } catch (IOException | RuntimeException | Error e) {
      log.error("a proxy thread ends: {}", e.toString(), e);
    } finally {
      closeAll();
    }
  }

  private void turn() throws IOException {
    ArrayList<SocketChannel> closable = retiring;
    retiring = retired;
    retired = closable;
    boolean settling = !young.isEmpty() || !older.isEmpty();
    int selected =
        settling || !closable.isEmpty() || !tasks.isEmpty() || trunks.isFlushing()
            ? selector.selectNow(dispatcher)
            : selector.select(dispatcher, timeoutMillis());
    closable.forEach(Closing::quietly);
    closable.clear();
    nowNanos = System.nanoTime();
    runTasks();
    if (settling) {
      settle(selected == 0);
    }
    tick();
    trunks.flush();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private void dispatch(SelectionKey key) {
    // The selector may have slept for long; deadlines count from what happens now.
    nowNanos = System.nanoTime();
    // What the supervisor said before a client connected must be known when it is accepted.
    runTasks();
    if (!key.isValid()) {
      // An event before this one ended the connection.
      return;
    }
    Handler handler = (Handler) key.attachment();
    try {
      handler.ready(key);
    } catch (RuntimeException | Error e) {
      // Such as memory that ran out: this connection's end, not the loop's.
      log.error("a connection failed: {}", e.toString(), e);
      handler.abort();
    }
  }

  private void settle(boolean idle) {
    if (idle || nowNanos - rotatedNanos > SETTLE_NANOS) {
      ArrayDeque<Connection> due = older;
      for (Connection next = due.poll(); next != null; next = due.poll()) {
        next.settle();
      }
      if (idle) {
        int count = young.size();
        for (int i = 0; i < count; i++) {
          young.remove().settle();
        }
      } else {
        older = young;
        young = due;
        rotatedNanos = nowNanos;
      }
    }
  }

  private long timeoutMillis() {
    boolean resting = acceptor != null && acceptor.isResting();
    if (resting || !heads.isEmpty() || hasParked()) {
      return TICK_MILLIS;
    }
    return connections.isEmpty() && connecting.isEmpty() ? 0 : 1000;
  }

  private boolean hasParked() {
    for (Slot slot : slots) {
      if (slot.hasParked()) {
        return true;
      }
    }
    return false;
  }

  private void tick() {
    if (acceptor != null) {
      acceptor.tick(nowNanos);
    }
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).hasParked()) {
        slots.get(i).tick(nowNanos);
      }
    }
    heads.expire(nowNanos, HeadReader::expired);
    connecting.expire(nowNanos, Arrival::connectTimedOut);
    if (nowNanos - sweptNanos > SWEEP_NANOS) {
      sweptNanos = nowNanos;
      sweep();
    }
  }

  private void sweep() {
    int now = nowSeconds();
    int idle = seconds(options.idleTimeout());
    int halfClosed = Math.min(idle, seconds(options.halfClosedTimeout()));
    for (int i = connections.size() - 1; i >= 0; i--) {
      connections.get(i).closeIfSilent(now, idle, halfClosed);
    }
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toSeconds()));
  }

  private void closeAll() {
    if (acceptor != null) {
      acceptor.shutdown();
    }
    heads.clear(HeadReader::close);
    connecting.clear(Arrival::close);
    slots.forEach(slot -> slot.evict().forEach(Arrival::close));
    List.copyOf(connections).forEach(Connection::abort);
    trunks.close();
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("closing the selector: {}", e.toString());
    }
    retiring.forEach(Closing::quietly);
    retired.forEach(Closing::quietly);
  }
}
