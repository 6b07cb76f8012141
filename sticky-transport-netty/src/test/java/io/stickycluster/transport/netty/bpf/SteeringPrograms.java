package io.stickycluster.transport.netty.bpf;

import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.AddressWord;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.CombineRegister;
import io.stickycluster.spi.SteeringProgram.Constant;
import io.stickycluster.spi.SteeringProgram.Load;
import io.stickycluster.spi.SteeringProgram.Lookup;
import io.stickycluster.spi.SteeringProgram.Operation;
import io.stickycluster.spi.SteeringProgram.Step;
import io.stickycluster.spi.SteeringProgram.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Makes steering programs for tests. */
public final class SteeringPrograms {

  private static final List<Operation> OPERATIONS = List.of(Operation.values());

  private SteeringPrograms() {}

  /** Returns a program of random steps over addresses of a length. */
  public static SteeringProgram random(Random random, int addressLength, int steps) {
    List<Step> all = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      all.add(step(random, addressLength));
    }
    return new SteeringProgram(all);
  }

  /** Returns the given program with its result brought below n. */
  public static SteeringProgram below(SteeringProgram program, int n) {
    return program.then(SteeringProgram.of(new Combine(Operation.REMAINDER, n)));
  }

  /** Returns a lookup of that many ranges of random bounds and values. */
  public static Lookup lookup(Random random, int ranges) {
    TreeSet<Long> starts = new TreeSet<>();
    starts.add(0L);
    while (starts.size() < ranges) {
      starts.add(random.nextLong() >>> 32);
    }
    return new Lookup(
        starts.stream().map(Long::intValue).toList(), random.ints(ranges).boxed().toList());
  }

  private static Step step(Random random, int addressLength) {
    int register = random.nextInt(SteeringProgram.REGISTERS);
    Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
    return switch (random.nextInt(8)) {
      case 0 -> new Constant(random.nextInt());
      case 1 -> new AddressByte(random.nextInt(addressLength));
      case 2 -> new AddressWord(random.nextInt(addressLength - 3));
      case 3 -> new Store(register);
      case 4 -> new Load(register);
      case 5 -> new Combine(operation, operand(random, operation));
      case 6 ->
          operation.isTotal() ? new CombineRegister(operation, register) : new Store(register);
      default -> lookup(random, 1 + random.nextInt(20));
    };
  }

  private static int operand(Random random, Operation operation) {
    return switch (operation) {
      case SHIFT_LEFT, SHIFT_RIGHT -> random.nextInt(32);
      default -> random.nextInt() | 1;
    };
  }
}
