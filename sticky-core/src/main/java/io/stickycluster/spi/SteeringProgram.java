package io.stickycluster.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * A function from a client's address to a number, written as unsigned 32-bit steps on one
 * accumulator and {@value #REGISTERS} registers, so that it can run in Java and, compiled to
 * classic BPF, in the kernel.
 *
 * <p>The accumulator and the registers start as 0, or with what the program before this one left
 * there. Immutable and safe for use by several threads.
 *
 * @param steps the steps, run in order
 */
public record SteeringProgram(List<Step> steps) {

  /** The number of registers, numbered from 0. */
  public static final int REGISTERS = 8;

  /** Makes a program of a copy of these steps. */
  public SteeringProgram {
    steps = List.copyOf(steps);
  }

  /** Makes a program of these steps. */
  public static SteeringProgram of(Step... steps) {
    return new SteeringProgram(List.of(steps));
  }

  /** Returns a program that runs this one and then the other. */
  public SteeringProgram then(SteeringProgram next) {
    List<Step> all = new ArrayList<>(steps);
    all.addAll(next.steps);
    return new SteeringProgram(all);
  }

  /**
   * Runs the program.
   *
   * @param address the address bytes that {@link AddressByte} and {@link AddressWord} read, in
   *     network order
   * @return the accumulator at the end, an unsigned number
   * @throws IndexOutOfBoundsException if a step reads past the address
   */
  public int run(byte[] address) {
    int[] registers = new int[REGISTERS];
    int accumulator = 0;
    for (Step step : steps) {
      accumulator = step.apply(accumulator, registers, address);
    }
    return accumulator;
  }

  /** One step of a program. */
  public sealed interface Step {

    /** Runs the step: may change the registers and returns the new accumulator. */
    int apply(int accumulator, int[] registers, byte[] address);
  }

  /** Sets the accumulator to a constant. */
  public record Constant(int value) implements Step {
    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return value;
    }
  }

  /** Sets the accumulator to one byte of the address, 0 to 255. */
  public record AddressByte(int index) implements Step {
    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return address[index] & 0xff;
    }
  }

  /** Sets the accumulator to four bytes of the address, the first one highest. */
  public record AddressWord(int index) implements Step {
    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return (address[index] & 0xff) << 24
          | (address[index + 1] & 0xff) << 16
          | (address[index + 2] & 0xff) << 8
          | (address[index + 3] & 0xff);
    }
  }

  /** Copies the accumulator to a register. */
  public record Store(int register) implements Step {
    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      registers[register] = accumulator;
      return accumulator;
    }
  }

  /** Sets the accumulator to a register's value. */
  public record Load(int register) implements Step {
    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return registers[register];
    }
  }

  /** Combines the accumulator with a constant: {@code accumulator = accumulator op operand}. */
  public record Combine(Operation operation, int operand) implements Step {
    /**
     * Checks the operand.
     *
     * @throws IllegalArgumentException for a division by 0 or a shift by more than 31 bits
     */
    public Combine {
      operation.check(operand);
    }

    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return operation.apply(accumulator, operand);
    }
  }

  /** Combines the accumulator with a register: {@code accumulator = accumulator op register}. */
  public record CombineRegister(Operation operation, int register) implements Step {
    /**
     * Checks the operation.
     *
     * @throws IllegalArgumentException if the operation isn't defined for every operand
     */
    public CombineRegister {
      if (!operation.isTotal()) {
        throw new IllegalArgumentException(operation + " takes a constant operand only");
      }
    }

    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      return operation.apply(accumulator, registers[register]);
    }
  }

  /**
   * Sets the accumulator to the value of the range it lies in. Range i holds the unsigned numbers
   * from {@code starts.get(i)} to just below {@code starts.get(i + 1)}; the first starts at 0, the
   * last has no end.
   *
   * @param starts where the ranges start, unsigned, strictly ascending, the first 0
   * @param values a value for each range
   */
  public record Lookup(List<Integer> starts, List<Integer> values) implements Step {
    /**
     * Checks and copies the table.
     *
     * @throws IllegalArgumentException if the table is empty, not ascending or of unequal lengths
     */
    public Lookup {
      starts = List.copyOf(starts);
      values = List.copyOf(values);
      if (starts.isEmpty() || starts.size() != values.size() || starts.get(0) != 0) {
        throw new IllegalArgumentException("a lookup needs a value per range, the first from 0");
      }
      for (int i = 1; i < starts.size(); i++) {
        if (Integer.compareUnsigned(starts.get(i - 1), starts.get(i)) >= 0) {
          throw new IllegalArgumentException("a lookup's ranges must ascend: entry " + i);
        }
      }
    }

    @Override
    public int apply(int accumulator, int[] registers, byte[] address) {
      int low = 0;
      int high = starts.size() - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (Integer.compareUnsigned(starts.get(middle), accumulator) <= 0) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return values.get(low);
    }
  }

  /** The unsigned 32-bit operations that classic BPF has, too. */
  public enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    REMAINDER,
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    SHIFT_RIGHT;

    /** Returns whether the operation is defined for every operand. */
    public boolean isTotal() {
      return switch (this) {
        case ADD, SUBTRACT, MULTIPLY, AND, OR, XOR -> true;
        case DIVIDE, REMAINDER, SHIFT_LEFT, SHIFT_RIGHT -> false;
      };
    }

    int apply(int a, int b) {
      return switch (this) {
        case ADD -> a + b;
        case SUBTRACT -> a - b;
        case MULTIPLY -> a * b;
        case DIVIDE -> Integer.divideUnsigned(a, b);
        case REMAINDER -> Integer.remainderUnsigned(a, b);
        case AND -> a & b;
        case OR -> a | b;
        case XOR -> a ^ b;
        case SHIFT_LEFT -> a << b;
        case SHIFT_RIGHT -> a >>> b;
      };
    }

    private void check(int operand) {
      boolean valid =
          switch (this) {
            case DIVIDE, REMAINDER -> operand != 0;
            case SHIFT_LEFT, SHIFT_RIGHT -> operand >= 0 && operand <= 31;
            default -> true;
          };
      if (!valid) {
        throw new IllegalArgumentException(this + " by " + Integer.toUnsignedString(operand));
      }
    }
  }
}
