package io.stickycluster.transport.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.stickycluster.spi.Transport.Seat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unix socket where workers open their lanes. Owns the knowledge of who may: a peer of the
 * master's own user that says a {@link Hello} with a seat's token, once for each lane.
 *
 * <p>Used on the master's event loop only.
 */
final class HandOverPoint {

  /** Takes over a lane whose worker has proved itself. */
  interface Owner {
    void attached(Seat seat, int lane, Socket socket);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HandOverPoint.class);
  private static final String FILE_NAME = "hand-over.sock";
  private static final int BACKLOG = 1024;
  private static final int MAX_STRANGERS = 256;
  private static final int HELLO_DEADLINE_SECONDS = 10;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;

  private final IoEventLoop loop;
  private final Owner owner;
  private final Path path;
  private final int uid;
  private final AcceptLoop acceptLoop;
  private final Map<Long, Guest> guests = new HashMap<>();
  private final Set<Greeting> greetings = new HashSet<>();

  /**
   * Starts to listen.
   *
   * @param directory the cluster's private directory
   */
  HandOverPoint(IoEventLoop loop, Path directory, Owner owner) throws IOException {
    this.loop = loop;
    this.owner = owner;
    this.path = directory.resolve(FILE_NAME);
    this.uid = (int) Files.getAttribute(directory, "unix:uid");
    Socket listener = Socket.newSocketDomain();
    try {
      listener.bind(new DomainSocketAddress(path.toString()));
      listener.listen(BACKLOG);
    } catch (IOException e) {
      Descriptors.close(listener);
      throw new IOException("can't listen on " + path + ": " + e.getMessage(), e);
    }
    acceptLoop = new AcceptLoop(loop, listener, MAX_STRANGERS, (fd, address) -> greet(fd));
    acceptLoop.start();
  }

  Path path() {
    return path;
  }

  /** From now on this worker may open lanes. */
  void expect(Seat seat) {
    guests.put(seat.id(), new Guest(seat, new HashSet<>()));
  }

  /** From now on this worker may open no lane. */
  void forget(Seat seat) {
    guests.remove(seat.id());
  }

  void close() {
    acceptLoop.close();
    List.copyOf(greetings).forEach(Greeting::close);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("deleting {}: {}", path, e.getMessage());
    }
  }

  private void greet(int fd) {
    Socket socket = new Socket(fd);
    if (greetings.size() >= MAX_STRANGERS) {
      refuse(socket, "too many are silent");
    } else if (peerUid(socket) != uid) {
      refuse(socket, "it belongs to another user");
    } else {
      new Greeting(socket).start();
    }
  }

  private static void refuse(Socket socket, String reason) {
    LOG.warn("refused a connection to the hand-over socket: {}", reason);
    Descriptors.close(socket);
  }

  private static int peerUid(Socket socket) {
    // struct ucred: pid, uid, gid.
    ByteBuffer credentials = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
    try {
      socket.getRawOpt(SOL_SOCKET, SO_PEERCRED, credentials);
      return credentials.getInt(4);
    } catch (IOException e) {
      return -1;
    }
  }

  private void attach(Hello hello, Socket socket) {
    Guest guest = guests.get(hello.id());
    if (guest == null || !sameSecret(guest.seat.token(), hello.token())) {
      refuse(socket, "it does not know the token of worker id " + hello.id());
    } else if (!guest.lanes.add(hello.lane())) {
      refuse(socket, "worker id " + hello.id() + " has lane " + hello.lane() + " already");
    } else {
      welcome(socket);
      owner.attached(guest.seat, hello.lane(), socket);
    }
  }

  private static void welcome(Socket socket) {
    ByteBuffer answer = ByteBuffer.allocateDirect(1).put(0, Hello.WELCOME);
    try {
      socket.send(answer, 0, 1);
    } catch (IOException e) {
      // It has gone again; the lane will find out.
      LOG.debug("welcoming a worker: {}", e.getMessage());
    }
  }

  private static boolean sameSecret(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private record Guest(Seat seat, Set<Integer> lanes) {}

  /** Waits for the hello of one peer. */
  private final class Greeting implements EpollIoHandle {

    private final Socket socket;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(Hello.MAX_BYTES);
    private @Nullable IoRegistration registration;
    private @Nullable Future<?> deadline;

    Greeting(Socket socket) {
      this.socket = socket;
    }

    void start() {
      greetings.add(this);
      registration = Loops.register(loop, this, EpollIoOps.EPOLLIN);
      deadline =
          loop.schedule(
              () -> fail("it said no hello in time"), HELLO_DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      try {
        int count = socket.recv(bytes, bytes.position(), bytes.limit());
        if (count < 0) {
          fail("it left without a hello");
          return;
        }
        bytes.position(bytes.position() + count);
        Hello hello = Hello.decode(bytes);
        if (hello != null) {
          finish();
          attach(hello, socket);
        }
      } catch (IOException | IllegalArgumentException e) {
        fail(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void close() {
      finish();
      Descriptors.close(socket);
    }

    private void fail(String reason) {
      finish();
      refuse(socket, reason);
    }

    private void finish() {
      greetings.remove(this);
      if (registration != null) {
        registration.cancel();
      }
      if (deadline != null) {
        deadline.cancel(false);
      }
    }
  }
}
