package io.stickycluster.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** The cluster's address can't be listened on; the message says why and what to do. */
final class ListenException extends IOException {

  private static final long serialVersionUID = 1;
  private static final String START = "can't listen on ";

  ListenException(InetSocketAddress address, IOException cause) {
    super(START + text(address) + ": " + reason(address, cause), cause);
  }

  private static String text(InetSocketAddress address) {
    String host =
        address.getAddress().isAnyLocalAddress() ? "*" : address.getAddress().getHostAddress();
    return host + ":" + address.getPort();
  }

  private static String reason(InetSocketAddress address, IOException cause) {
    String message = String.valueOf(cause.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("in use")) {
      return "the port is in use; stop the program that has it or choose another port (0 is any)";
    }
    if (lower.contains("permission") || lower.contains("not permitted")) {
      return "not permitted; ports below 1024 need root or CAP_NET_BIND_SERVICE";
    }
    if (lower.contains("assign")) {
      return "this machine has no address " + address.getAddress().getHostAddress();
    }
    // A transport may have said where already.
    return message.startsWith(START) ? message.substring(message.indexOf(": ") + 2) : message;
  }
}
