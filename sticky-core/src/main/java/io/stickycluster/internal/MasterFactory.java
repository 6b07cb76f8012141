package io.stickycluster.internal;

import io.stickycluster.ClusterOptions;
import io.stickycluster.Routing;
import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashRouter;
import io.stickycluster.internal.balance.HashStrategies;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.internal.balance.RouterSettings;
import io.stickycluster.internal.key.KeySpec;
import io.stickycluster.internal.key.TrustedNetworks;
import io.stickycluster.internal.master.MasterDirectory;
import io.stickycluster.internal.master.MasterRuntime;
import io.stickycluster.internal.master.OpenConnections;
import io.stickycluster.internal.process.ClassDataSharing;
import io.stickycluster.internal.process.JvmProcessStarter;
import io.stickycluster.internal.process.WorkerCommand;
import io.stickycluster.spi.KeyReader;
import io.stickycluster.spi.Transport;
import io.stickycluster.spi.TransportProvider;
import io.stickycluster.spi.TransportSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a master of a cluster's options: finds what they name and opens the sockets. */
final class MasterFactory {

  private MasterFactory() {}

  /**
   * Makes a master that listens but has forked nothing yet.
   *
   * @throws IllegalArgumentException if an option names something that isn't there
   * @throws ListenException if the address can't be listened on
   * @throws IOException if the control socket can't be made
   */
  static MasterRuntime create(ClusterOptions options) throws IOException {
    InetSocketAddress wanted = address(options);
    KeyReader keyReader = keyReader(options.routing());
    OpenConnections openConnections = new OpenConnections();
    HashRouter router = router(options, openConnections);
    TransportProvider provider = TransportProviders.load().choose(options.transport());
    Path directory = MasterDirectory.create();
    Transport transport = null;
    try {
      transport =
          provider.create(
              new TransportSettings(
                  wanted,
                  options.backlog(),
                  directory,
                  options.handOver(),
                  keyReader,
                  options.parking(),
                  options.debug(),
                  options.transportOptions()),
              router);
      List<String> command = WorkerCommand.of(options);
      ClassDataSharing classData =
          new ClassDataSharing(command, directory, options.classDataSharing());
      return new MasterRuntime(
          new MasterRuntime.Parts(
              options,
              directory,
              provider.name(),
              transport,
              bind(transport, wanted),
              router::withWorkers,
              openConnections,
              new JvmProcessStarter(command, classData),
              classData));
    } catch (IOException | RuntimeException e) {
      if (transport != null) {
        transport.close();
      }
      MasterDirectory.delete(directory);
      throw e;
    }
  }

  private static InetSocketAddress bind(Transport transport, InetSocketAddress wanted)
      throws ListenException {
    try {
      return transport.bind();
    } catch (IOException e) {
      throw new ListenException(wanted, e);
    }
  }

  private static InetSocketAddress address(ClusterOptions options) {
    String host = options.host();
    if (host == null) {
      return new InetSocketAddress(options.port());
    }
    InetSocketAddress address = new InetSocketAddress(host, options.port());
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "host '"
              + host
              + "' can't be resolved; give an address or leave it out to listen on all");
    }
    return address;
  }

  private static @Nullable KeyReader keyReader(Routing routing) {
    return KeySpec.parse(routing.key())
        .reader(
            TrustedNetworks.of(routing.trustedNetworks()),
            KeySpec.DEFAULT_MAX_HEAD_BYTES,
            KeySpec.DEFAULT_DEADLINE);
  }

  private static HashRouter router(ClusterOptions options, OpenConnections openConnections) {
    Routing routing = options.routing();
    return new HashRouter(
        RouterSettings.of(
                HashStrategies.load().require(routing.hash(), routing.seed()),
                Balancers.load().require(routing.balancer()),
                options.concurrency())
            .withKeyForm(KeyForm.of(routing.keyForm()))
            .withPrefixes(routing.ipv4PrefixBits(), routing.ipv6PrefixBits())
            .withOpenConnections(openConnections::of));
  }
}
