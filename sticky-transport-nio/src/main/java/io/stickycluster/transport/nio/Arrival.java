package io.stickycluster.transport.nio;

import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.KeyReader.Found;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection on its way to a worker: finds the index, parks while no worker is ready,
 * connects, and sends the first bytes. Stays with the connection until the worker's first answer,
 * because until then a worker that died can be replaced by its successor unnoticed.
 */
final class Arrival implements Loop.Handler {

  /** The most bytes that are kept for a successor, and so the most that are sent at first. */
  static final int FIRST_BYTES = 16 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Arrival.class);
  private static final int MAX_REPLAYS = 5;
  private static final byte[] NOTHING = {};

  private final Loop loop;
  private final SocketChannel client;
  private final InetSocketAddress address;
  private final @Nullable Found found;
  private @Nullable SelectionKey clientKey;
  private byte[] first;
  private boolean ended;
  private int index;
  private int replays;
  private boolean isParked;
  private long parkedAtNanos;
  private @Nullable SocketChannel spare;
  private @Nullable SocketChannel connecting;
  private @Nullable SelectionKey connectingKey;
  private @Nullable Target target;

  private Arrival(
      Loop loop,
      SocketChannel client,
      @Nullable SelectionKey clientKey,
      @Nullable SocketChannel spare,
      InetSocketAddress address,
      @Nullable Found found,
      byte[] first,
      boolean ended) {
    this.loop = loop;
    this.client = client;
    this.clientKey = clientKey;
    this.spare = spare;
    this.address = address;
    this.found = found;
    this.first = first;
    this.ended = ended;
    findIndex();
  }

  /** A connection whose key is its remote address. */
  static Arrival byAddress(Loop loop, SocketChannel client, @Nullable SocketChannel spare)
      throws IOException {
    InetSocketAddress peer = (InetSocketAddress) client.getRemoteAddress();
    return new Arrival(loop, client, null, spare, peer, null, NOTHING, false);
  }

  /**
   * A connection whose first bytes told its key.
   *
   * @param rest the bytes read that the worker is to see
   * @param ended whether the client has sent all it wants to
   */
  static Arrival byKey(
      Loop loop,
      SocketChannel client,
      @Nullable SelectionKey clientKey,
      @Nullable SocketChannel spare,
      Found found,
      byte[] rest,
      boolean ended) {
    return new Arrival(loop, client, clientKey, spare, found.client(), found, rest, ended);
  }

  InetSocketAddress address() {
    return address;
  }

  InetSocketAddress localAddress() throws IOException {
    return (InetSocketAddress) client.getLocalAddress();
  }

  private void findIndex() {
    if (found != null) {
      index = KeyReader.index(loop.router(), found);
    } else {
      byte[] key = address.getAddress().getAddress();
      index = loop.router().indexOfAddress(key, 0, key.length);
    }
  }

  /** Brings the connection to the worker of its index, or parks it if there is none. */
  void dispatch() {
    Slot slot = loop.slot(index);
    Target ready = slot.open(loop.nowNanos());
    if (ready == null) {
      slot.park(this, loop.nowNanos());
      return;
    }
    target = ready;
    if (ready.trunks() > 0) {
      openStream(ready);
      return;
    }
    ByteBuffer io = loop.io().limit(Buffers.BYTES);
    try {
      putFirst(io, ready);
    } catch (IOException e) {
      close();
      return;
    }
    try {
      SocketChannel backend = connect(ready);
      if (backend != null) {
        handOver(backend, null, io);
      }
    } catch (IOException e) {
      // It may have died a moment ago, or its queue or our descriptors have run out.
      log.debug("worker {} does not take a connection: {}", index, e.toString());
      slot.park(this, loop.nowNanos());
    }
  }

  /** The number of workers changed: the key may belong to another index. */
  void reroute() {
    findIndex();
    dispatch();
  }

  /** Returns when this connection was parked first, or the given time if it never was. */
  long parkedAtOr(long nowNanos) {
    return isParked ? parkedAtNanos : nowNanos;
  }

  void parked() {
    if (!isParked) {
      isParked = true;
      parkedAtNanos = loop.nowNanos();
    }
    if (clientKey != null) {
      clientKey.interestOps(0);
    }
  }

  /** Closes the connection cleanly, because a bound of parking was passed. */
  void reject() {
    loop.counts().rejected.increment();
    if (loop.isDebug()) {
      log.info("{} rejected: worker {} is not ready, and parking is full", address, index);
    }
    try {
      // With unread bytes a close would be a reset.
      client.read(loop.io());
    } catch (IOException e) {
      log.trace("rejected connection: {}", e.toString());
    }
    close();
  }

  @Override
  public void abort() {
    close();
  }

  void close() {
    if (connecting != null) {
      loop.retire(connecting, connectingKey);
      connecting = null;
      connectingKey = null;
    }
    Closing.quietly(spare);
    spare = null;
    loop.release(client, clientKey);
  }

  /** Keeps the client's first bytes for a successor; returns false if they are not the first. */
  boolean remember(ByteBuffer bytes) {
    if (first.length > 0 || bytes.remaining() > FIRST_BYTES) {
      return false;
    }
    first = new byte[bytes.remaining()];
    bytes.get(bytes.position(), first);
    return true;
  }

  /**
   * The worker broke the connection before it had read all of the first bytes and before it
   * answered, so it has not acted on them: try again, with its successor if it died.
   */
  void replay(@Nullable SelectionKey key) {
    clientKey = key;
    // On TCP a reset does not tell that bytes were left unread.
    boolean mayHaveActed =
        first.length > 0 && target != null && target.trunks() == 0 && !target.isUnix();
    if (mayHaveActed || ++replays > MAX_REPLAYS) {
      Closing.resetOnClose(client);
      close();
      return;
    }
    loop.slot(index).park(this, loop.nowNanos());
  }

  @Override
  public void ready(SelectionKey key) {
    SocketChannel backend = connecting;
    Target to = target;
    if (backend == null || to == null) {
      return;
    }
    loop.connecting().remove(this);
    connecting = null;
    connectingKey = null;
    try {
      backend.finishConnect();
      ByteBuffer io = loop.io().limit(Buffers.BYTES);
      putFirst(io, to);
      handOver(backend, key, io);
    } catch (IOException e) {
      log.debug("worker {} does not take a connection: {}", index, e.toString());
      loop.retire(backend, key);
      loop.slot(index).park(this, loop.nowNanos());
    }
  }

  /** The worker's port did not answer in time. */
  void connectTimedOut() {
    if (connecting != null) {
      loop.counts().rejected.increment();
      log.debug("worker {} did not accept in time", index);
      close();
    }
  }

  /** Puts the header and the client's first bytes, which are read if they have not been. */
  private void putFirst(ByteBuffer io, Target to) throws IOException {
    if (to.proxyProtocol()) {
      ProxyHeader.encode(io, address, localAddress());
    }
    if (first.length > 0 || ended) {
      io.put(first);
    } else {
      readFirst(io);
    }
  }

  private void readFirst(ByteBuffer io) throws IOException {
    int from = io.position();
    io.limit(from + FIRST_BYTES);
    int count = client.read(io);
    if (count > 0) {
      first = new byte[count];
      io.get(from, first);
    }
    ended = count < 0;
  }

  private void openStream(Target to) {
    Closing.quietly(spare);
    spare = null;
    Trunk trunk;
    try {
      trunk = loop.trunks().to(to);
    } catch (IOException e) {
      log.debug("worker {} does not take a connection: {}", index, e.toString());
      loop.slot(index).park(this, loop.nowNanos());
      return;
    }
    try {
      if (first.length == 0 && !ended) {
        readFirst(loop.io().limit(Buffers.BYTES));
      }
      logChoice();
      new ClientStream(loop, trunk, client, clientKey, this).begin(first, ended);
    } catch (IOException e) {
      close();
    }
  }

  private void logChoice() {
    if (loop.isDebug()) {
      InetAddress host = address.getAddress();
      log.info("{}:{} -> worker {}", host.getHostAddress(), address.getPort(), index);
    }
  }

  /** Returns the connected channel, or null if the connection will be there later. */
  private @Nullable SocketChannel connect(Target to) throws IOException {
    SocketChannel backend = spare;
    spare = null;
    if (backend == null || !to.isUnix()) {
      Closing.quietly(backend);
      backend = Backends.open(to.isUnix());
    }
    try {
      if (backend.connect(to.address())) {
        return backend;
      }
      if (to.isUnix()) {
        // Not "in progress": the queue is full, and this channel would never be connected.
        throw new IOException("queue full");
      }
      connectingKey = loop.register(backend, SelectionKey.OP_CONNECT, this);
      connecting = backend;
      loop.connecting().add(this, loop.nowNanos());
      return null;
    } catch (IOException | RuntimeException e) {
      Closing.quietly(backend);
      throw e;
    }
  }

  private void handOver(SocketChannel backend, @Nullable SelectionKey key, ByteBuffer io) {
    logChoice();
    Relay relay = new Relay(loop, client, clientKey, backend, key, this);
    loop.add(relay);
    relay.begin(io.flip(), ended);
  }
}
