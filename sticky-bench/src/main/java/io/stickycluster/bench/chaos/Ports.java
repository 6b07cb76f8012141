package io.stickycluster.bench.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Looks whether a port is in use. */
final class Ports {

  private Ports() {}

  /** Checks that nobody listens on an address and that it can be listened on. */
  static Verdict free(String promise, InetSocketAddress address) {
    String against = "";
    try (Socket socket = new Socket()) {
      socket.connect(address, 1000);
      against = "somebody still answers at " + address;
    } catch (IOException e) {
      // As it should be.
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // Connections of the past don't count.
      socket.bind(address);
    } catch (IOException e) {
      against = "can't listen on %s: %s".formatted(address, e.getMessage());
    }
    return Verdict.of(promise, against, address.toString());
  }
}
