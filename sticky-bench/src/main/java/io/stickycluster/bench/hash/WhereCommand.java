package io.stickycluster.bench.hash;

import io.stickycluster.bench.HelpOption;
import io.stickycluster.internal.balance.Balancers;
import io.stickycluster.internal.balance.HashRouter;
import io.stickycluster.internal.balance.KeyForm;
import io.stickycluster.internal.balance.RouterSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints which worker serves whom. */
@Command(
    name = "where",
    description = "Print the index of the worker that each address goes to, one on a line.")
public final class WhereCommand implements Callable<Integer> {

  @Option(
      names = "--workers",
      paramLabel = "N",
      required = true,
      description = "the number of workers, at least 1")
  private int workers;

  @Mixin private StrategyOption strategy = new StrategyOption();

  @Option(
      names = "--balancer",
      paramLabel = "NAME",
      defaultValue = Balancers.MODULO,
      description = "the balancer (default: ${DEFAULT-VALUE})")
  private String balancer = "";

  @Option(
      names = "--key",
      paramLabel = "FORM",
      defaultValue = "bytes",
      description = {
        "how addresses are hashed: bytes, text, or node-text, which is text as Node prints"
            + " it behind a dual-stack listener (default: ${DEFAULT-VALUE})"
      })
  private String key = "";

  @Option(
      names = "--ipv4-prefix",
      paramLabel = "BITS",
      defaultValue = "32",
      description = "how many leading bits of an IPv4 address tell a client (default: 32)")
  private int ipv4Prefix;

  @Option(
      names = "--ipv6-prefix",
      paramLabel = "BITS",
      defaultValue = "128",
      description = "how many leading bits of an IPv6 address tell a client (default: 128)")
  private int ipv6Prefix;

  @Parameters(paramLabel = "IP", arity = "1..*", description = "clients' addresses")
  private List<String> addresses = new ArrayList<>();

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    HashRouter router =
        new HashRouter(
            RouterSettings.of(strategy.load(), Balancers.load().require(balancer), workers)
                .withKeyForm(KeyForm.of(key))
                .withPrefixes(ipv4Prefix, ipv6Prefix));
    List<byte[]> parsed = addresses.stream().map(Addresses::parse).toList();
    for (byte[] address : parsed) {
      spec.commandLine().getOut().println(router.indexOfAddress(address, 0, address.length));
    }
    return 0;
  }
}
