package io.stickycluster.bench.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.stickycluster.bench.transport.Answer.WrongAnswerException;
import io.stickycluster.bench.transport.Sources.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client with one connection at a time. It sits right on epoll rather than on a channel: per
 * connection it spends a socket, an option, a bind, a connect, a write, a registration, a read and
 * a close.
 */
final class LoadClient implements EpollIoHandle {

  private static final int IPPROTO_IP = 0;

  /** Chooses the port at connect, so that a port can serve many pairs of addresses. */
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;

  private static final EpollIoOps READ =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
  private static final EpollIoOps CONNECT_AND_READ = READ.with(EpollIoOps.EPOLLOUT);
  private static final int RETRY_MILLIS = 10;

  private final LoadLoop loop;
  private final List<Request> turns;
  private final InetSocketAddress server;
  private final int requestsPerConnection;
  private final Answer answer;
  private int turn;
  private int answered;
  private boolean written;
  private boolean done;
  private @Nullable LinuxSocket socket;
  private @Nullable IoRegistration registration;

  LoadClient(LoadLoop loop, Load load, List<Request> turns, int firstTurn) {
    this.loop = loop;
    this.turns = turns;
    turn = firstTurn;
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), load.port());
    requestsPerConnection = load.workload().requestsPerConnection();
    answer = new Answer(load.workload().bodyBytes());
  }

  /**
   * A request and where it comes from.
   *
   * @param source the client's address; the kernel chooses the port
   * @param bytes the head; several clients read it at once
   */
  record Request(InetSocketAddress source, ByteBuffer bytes) {

    static Request of(Workload workload, Source source, KeyHeader key) {
      String head =
          "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n"
              .formatted(
                  workload.path(),
                  key.line(source),
                  workload.requestsPerConnection() == 1 ? "Connection: close\r\n" : "");
      byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
      return new Request(
          new InetSocketAddress(source.address(), 0),
          ByteBuffer.allocateDirect(bytes.length).put(bytes));
    }
  }

  /** Connects from the next address and sends the first request. */
  void open() {
    turn = (turn + 1) % turns.size();
    answered = 0;
    LinuxSocket opened = LinuxSocket.newSocketStream(false);
    socket = opened;
    try {
      opened.setIntOpt(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
      opened.bind(turns.get(turn).source());
      opened.connect(server);
      send(opened);
      IoRegistration registered =
          Objects.requireNonNull(loop.eventLoop().register(this).getNow(), "on its own thread");
      registration = registered;
      registered.submit(written ? READ : CONNECT_AND_READ);
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  /** A request is far smaller than a socket's buffer: it is written as a whole or not yet. */
  private void send(LinuxSocket to) throws IOException {
    ByteBuffer bytes = turns.get(turn).bytes();
    answer.reset();
    written = to.write(bytes, 0, bytes.capacity()) > 0;
  }

  @Override
  public FileDescriptor fd() {
    if (socket == null) {
      throw new IllegalStateException("not open");
    }
    return socket;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    LinuxSocket open = socket;
    if (open == null) {
      return;
    }
    try {
      if (!written) {
        send(open);
      } else {
        read(open, ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLRDHUP));
      }
    } catch (IOException | WrongAnswerException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  private void read(LinuxSocket from, boolean ended) throws IOException, WrongAnswerException {
    ByteBuffer buffer = loop.buffer();
    int count = buffer.capacity();
    while (count == buffer.capacity()
        || (ended && count > 0)) { // less means that there are no more bytes
      count = from.read(buffer, 0, buffer.capacity());
      if (count < 0) {
        throw new WrongAnswerException("closed before the whole answer");
      }
      if (count > 0 && answer.read(buffer, count)) {
        next(from);
        return;
      }
    }
  }

  private void next(LinuxSocket from) throws IOException {
    boolean time = loop.answered();
    answered++;
    if (time && answered < requestsPerConnection) {
      send(from);
      return;
    }
    disconnect();
    if (time) {
      open();
    } else {
      finish();
    }
  }

  private void fail(String why) {
    disconnect();
    if (loop.failed(why)) {
      var unused = loop.eventLoop().schedule(this::reopen, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      finish();
    }
  }

  private void reopen() {
    if (!done) {
      open();
    }
  }

  /** Ends the client as failed if it still waits. */
  void giveUp() {
    if (!done) {
      loop.failed("no answer in time");
      disconnect();
      finish();
    }
  }

  private void finish() {
    done = true;
    loop.done();
  }

  private void disconnect() {
    LinuxSocket open = socket;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    socket = null;
  }

  @Override
  public void close() {
    disconnect();
  }
}
