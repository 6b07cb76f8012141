package io.stickycluster.bench.hash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stickycluster.bench.HelpOption;
import io.stickycluster.spi.HashStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints hashes. */
@Command(
    name = "hash-of",
    description = "Print the hash of each key, as an unsigned 32-bit number on a line.")
public final class HashOfCommand implements Callable<Integer> {

  private enum Form {
    bytes,
    text
  }

  @Mixin private StrategyOption strategy = new StrategyOption();

  @Option(
      names = "--key",
      paramLabel = "FORM",
      defaultValue = "bytes",
      description = {
        "bytes: the argument is an IP address, and its 4 or 16 bytes are hashed; text: the"
            + " argument is hashed exactly as given (default: ${DEFAULT-VALUE})"
      })
  private Form key = Form.bytes;

  @Parameters(paramLabel = "KEY", arity = "1..*", description = "what to hash")
  private List<String> keys = new ArrayList<>();

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    HashStrategy chosen = strategy.load();
    List<Integer> hashes =
        keys.stream()
            .map(
                text -> {
                  byte[] bytes = key == Form.text ? text.getBytes(UTF_8) : Addresses.parse(text);
                  return key == Form.text
                      ? chosen.hashText(bytes, 0, bytes.length)
                      : chosen.hash(bytes, 0, bytes.length);
                })
            .toList();
    hashes.forEach(hash -> spec.commandLine().getOut().println(Integer.toUnsignedString(hash)));
    return 0;
  }
}
