package io.stickycluster.bench.transport;

import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashRouter;
import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.RouterSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Chooses the clients. An uneven scatter would measure the clients rather than the target, so only
 * those take part whom every target sends to the same one of two workers, and both workers get as
 * many.
 */
final class Sources {

  /** The number of workers of every target. */
  static final int WORKERS = 2;

  private static final int PER_WORKER = 128;

  private Sources() {}

  /**
   * One client.
   *
   * @param address its own address, in 127.0.0.0/8
   * @param forwarded the address that it says to have, if asked
   * @param session the text that tells it, if asked
   */
  record Source(InetAddress address, String forwarded, String session) {}

  /** Returns as many clients for each worker, by index. */
  static List<List<Source>> choose() {
    HashRouter router =
        new HashRouter(
            RouterSettings.of(
                HashStrategies.load().require("djb2", java.util.OptionalLong.empty()),
                Balancers.load().require(Balancers.MODULO),
                WORKERS));
    List<List<Source>> chosen = new ArrayList<>();
    for (int index = 0; index < WORKERS; index++) {
      chosen.add(new ArrayList<>());
    }
    for (int i = 0; chosen.stream().anyMatch(list -> list.size() < PER_WORKER); i++) {
      byte[] address = {127, 1, (byte) (i / 250), (byte) (1 + i % 250)};
      byte[] forwarded = {(byte) 198, 18, address[2], address[3]};
      String session = "session-" + i;
      int index = router.indexOfAddress(address, 0, address.length);
      List<Source> list = chosen.get(index);
      if (list.size() < PER_WORKER
          && index == nginxIndex(text(address))
          && index == nodeIndex("::ffff:" + text(address))
          && index == router.indexOfAddress(forwarded, 0, forwarded.length)
          && index == indexOfText(router, session)) {
        list.add(new Source(inet(address), text(forwarded), session));
      }
    }
    return chosen;
  }

  private static int indexOfText(HashRouter router, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return router.indexOfText(bytes, 0, bytes.length);
  }

  /** Computes what {@code hash $remote_addr} of nginx's module stream_upstream_hash does. */
  static int nginxIndex(String address) {
    CRC32 crc = new CRC32();
    crc.update(address.getBytes(StandardCharsets.US_ASCII));
    return (int) (((crc.getValue() >> 16) & 0x7fff) % WORKERS);
  }

  /** Computes the package string-hash, by which the original on Node.js chooses. */
  static int nodeIndex(String address) {
    int hash = 5381;
    for (int i = address.length() - 1; i >= 0; i--) {
      hash = hash * 33 ^ address.charAt(i);
    }
    return Integer.remainderUnsigned(hash, WORKERS);
  }

  private static String text(byte[] address) {
    return inet(address).getHostAddress();
  }

  private static InetAddress inet(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 bytes are an address", e);
    }
  }
}
