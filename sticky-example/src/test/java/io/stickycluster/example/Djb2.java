package io.stickycluster.example;

import io.stickycluster.spi.HashStrategy;
import java.util.ServiceLoader;

/** Where the default hash strategy and balancer send an address. */
final class Djb2 {

  private static final HashStrategy STRATEGY =
      ServiceLoader.load(HashStrategy.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(strategy -> strategy.name().equals("djb2"))
          .findFirst()
          .orElseThrow();

  private Djb2() {}

  static int worker(String client, int workers) {
    byte[] address = TestHttp.address(client).getAddress();
    return Integer.remainderUnsigned(STRATEGY.hash(address, 0, address.length), workers);
  }
}
