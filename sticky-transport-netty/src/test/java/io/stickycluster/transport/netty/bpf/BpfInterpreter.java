package io.stickycluster.transport.netty.bpf;

import java.util.List;

/** Runs classic BPF over an IP packet as the kernel's documentation describes it. */
final class BpfInterpreter {

  private static final int OPERATION = 0xf0;

  private BpfInterpreter() {}

  /** Returns what the program returns for a packet that starts with its IP header. */
  static int run(List<BpfInstruction> program, byte[] packet) {
    int a = 0;
    int x = 0;
    int[] memory = new int[16];
    boolean[] written = new boolean[16];
    int pc = 0;
    while (true) {
      BpfInstruction instruction = program.get(pc++);
      int k = instruction.operand();
      switch (instruction.code() & 0x07) {
        case 0x00 -> {
          int at = k - BpfCompiler.NETWORK_HEADER;
          switch (instruction.code() & 0xf8) {
            case 0x00 -> a = k;
            case 0x20 -> a = word(packet, at);
            case 0x30 -> a = packet[at] & 0xff;
            case 0x60 -> a = read(memory, written, k);
            default -> throw new IllegalStateException("load " + instruction);
          }
        }
        case 0x01 -> x = read(memory, written, k);
        case 0x02 -> {
          memory[k] = a;
          written[k] = true;
        }
        case 0x04 ->
            a =
                calculate(
                    instruction.code() & OPERATION, a, (instruction.code() & 0x08) == 0 ? k : x);
        case 0x05 ->
            pc +=
                switch (instruction.code() & OPERATION) {
                  case 0x00 -> k;
                  case 0x10 -> a == k ? instruction.jumpTrue() : instruction.jumpFalse();
                  case 0x30 ->
                      Integer.compareUnsigned(a, k) >= 0
                          ? instruction.jumpTrue()
                          : instruction.jumpFalse();
                  default -> throw new IllegalStateException("jump " + instruction);
                };
        case 0x06 -> {
          return a;
        }
        default -> throw new IllegalStateException("class of " + instruction);
      }
    }
  }

  private static int calculate(int operation, int a, int b) {
    return switch (operation) {
      case 0x00 -> a + b;
      case 0x10 -> a - b;
      case 0x20 -> a * b;
      case 0x30 -> Integer.divideUnsigned(a, b);
      case 0x40 -> a | b;
      case 0x50 -> a & b;
      case 0x60 -> a << b;
      case 0x70 -> a >>> b;
      case 0x90 -> Integer.remainderUnsigned(a, b);
      case 0xa0 -> a ^ b;
      default -> throw new IllegalStateException("operation " + operation);
    };
  }

  private static int read(int[] memory, boolean[] written, int cell) {
    if (!written[cell]) {
      throw new IllegalStateException("the kernel refuses to read cell " + cell);
    }
    return memory[cell];
  }

  private static int word(byte[] packet, int at) {
    return (packet[at] & 0xff) << 24
        | (packet[at + 1] & 0xff) << 16
        | (packet[at + 2] & 0xff) << 8
        | (packet[at + 3] & 0xff);
  }
}
