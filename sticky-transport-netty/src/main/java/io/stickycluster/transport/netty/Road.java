package io.stickycluster.transport.netty;

import io.netty.channel.unix.Socket;
import io.stickycluster.spi.Router;
import io.stickycluster.spi.Transport.Seat;
import java.io.IOException;
import java.util.Map;

/**
 * One way from the port to the workers, in the master. All methods are called on the master's event
 * loop and follow {@link io.stickycluster.spi.Transport}'s order.
 */
interface Road {

  /** The hand-over's name. */
  String name();

  /** What a worker has to know about this road. */
  Map<String, String> parameters();

  /** A worker has proved itself on one of its lanes. */
  void attached(Seat seat, int lane, Socket socket);

  void ready(Seat seat);

  void drain(Seat seat);

  void exited(Seat seat);

  void resize(Router router) throws IOException;

  void shutdown();

  void close();
}
