package io.stickycluster.internal.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master's control socket: one thread that accepts workers' links, reads their frames and
 * writes the master's. It refuses processes of other users and drops links that say nothing
 * sensible.
 */
public final class ControlServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  /** Workers and a few strangers at most; beyond it something floods the socket. */
  private static final int MAX_LINKS = 4096;

  private static final long TICK_MILLIS = 500;

  /** Takes what arrives, on the control thread. */
  public interface Listener {

    /** A frame arrived that is not for another process. */
    void received(ControlLink link, Frame frame);

    /** A link is gone. */
    void closed(ControlLink link);
  }

  private final ServerSocketChannel server;
  private final Selector selector;
  private final Listener listener;
  private final Relay relay;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private final UserPrincipal owner;
  private volatile boolean closed;

  /**
   * Opens the socket and starts the thread.
   *
   * @param path where the socket is made, in a private directory
   * @param prefix how the names of the framework's own frames start
   * @throws IOException if the socket can't be made
   */
  public ControlServer(Path path, String prefix, Listener listener) throws IOException {
    this.listener = listener;
    this.relay = new Relay(prefix);
    selector = Selector.open();
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    owner = Files.getOwner(path);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    thread = new Thread(this::run, "sticky-control");
    thread.setDaemon(true);
  }

  /** Starts to accept links. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::handle, TICK_MILLIS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        relay.resumeSendersOfStalledReceivers();
      }
    } catch (IOException | RuntimeException e) {
      log.error("the control thread ended: {}", e.toString(), e);
    } finally {
      for (SelectionKey key : selector.keys()) {
        closeQuietly(key.channel());
      }
      closeQuietly(selector);
    }
  }

  private void handle(SelectionKey key) {
    if (key.attachment() instanceof SelectorLink link) {
      handle(key, link);
    } else {
      accept();
    }
  }

  private void handle(SelectionKey key, SelectorLink link) {
    try {
      if (key.isWritable()) {
        link.flush();
      }
      if (key.isReadable()) {
        if (!link.fill()) {
          drop(link);
          return;
        }
        for (Frame frame = link.next(); frame != null; frame = link.next()) {
          if (!relay.relayed(link, frame)) {
            listener.received(link, frame);
          }
        }
      }
    } catch (IOException e) {
      log.debug("a control link broke: {}", e.toString());
      drop(link);
    } catch (RuntimeException e) {
      log.warn("dropped a control link whose frame was nonsense: {}", e.toString());
      drop(link);
    }
  }

  private void accept() {
    try {
      SocketChannel channel = server.accept();
      if (channel == null) {
        return;
      }
      if (selector.keys().size() > MAX_LINKS || !isOwnUser(channel)) {
        log.warn("refused a stranger on the control socket");
        channel.close();
        return;
      }
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      key.attach(new SelectorLink(channel, key, this));
    } catch (IOException e) {
      log.warn("can't accept a control link: {}", e.toString());
    }
  }

  /** The directory keeps other users out already; peer credentials prove it where they exist. */
  private boolean isOwnUser(SocketChannel channel) throws IOException {
    if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
      return true;
    }
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    return peer.user().equals(owner);
  }

  /** Sends a message of the master to every worker. */
  public void broadcast(Frame frame) {
    execute(() -> relay.broadcast(frame));
  }

  /** Returns the relay, for links that come and go. */
  Relay relay() {
    return relay;
  }

  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Closes a link; on the control thread. */
  void drop(SelectorLink link) {
    if (link.abandon()) {
      relay.remove(link);
      listener.closed(link);
    }
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.debug("closing {}: {}", resource, e.toString());
    }
  }

  /** Closes the socket and all links. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
