package io.stickycluster.transport.netty;

import static org.awaitility.Awaitility.await;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.stickycluster.spi.WorkerTransport.Setup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A worker's end of a lane in the hands of a test, which decides what to answer. */
final class RawWorker implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(5);

  private final Socket socket = Socket.newSocketDomain();
  private final List<FileDescriptor> received = new ArrayList<>();

  /** Connects and says these bytes. */
  RawWorker(Setup setup, byte[] hello) throws IOException {
    socket.connect(new DomainSocketAddress(setup.parameters().get(Parameters.SOCKET)));
    say(hello);
  }

  /** Connects as the worker of a seat and waits to be let in. */
  static RawWorker welcomed(Setup setup) throws IOException {
    RawWorker worker = new RawWorker(setup, hello(setup, setup.token()));
    ByteBuffer answer = ByteBuffer.allocateDirect(1);
    await().pollInterval(POLL).until(() -> worker.socket.recv(answer, 0, 1) == 1);
    return worker;
  }

  static byte[] hello(Setup setup, String token) {
    ByteBuffer bytes = ByteBuffer.allocate(Hello.MAX_BYTES);
    new Hello(setup.id(), 0, token).encode(bytes);
    byte[] hello = new byte[bytes.position()];
    bytes.flip().get(hello);
    return hello;
  }

  void say(byte... bytes) throws IOException {
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    socket.send(direct, 0, bytes.length);
  }

  /** Waits until this many connections were received in all. */
  void awaitConnections(int count) {
    await()
        .pollInterval(POLL)
        .until(
            () -> {
              int fd = socket.recvFd();
              while (fd > 0) {
                received.add(new FileDescriptor(fd));
                fd = socket.recvFd();
              }
              return received.size() >= count;
            });
  }

  /** Waits until the master has closed the lane. */
  void awaitEnd() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(16);
    await()
        .pollInterval(POLL)
        .until(
            () -> {
              try {
                return socket.recv(bytes, 0, 16) < 0;
              } catch (IOException e) {
                return true;
              }
            });
  }

  @Override
  public void close() {
    received.forEach(Descriptors::close);
    Descriptors.close(socket);
  }
}
