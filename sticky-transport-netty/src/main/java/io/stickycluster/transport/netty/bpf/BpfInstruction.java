package io.stickycluster.transport.netty.bpf;

/**
 * One instruction of classic BPF, as {@code struct sock_filter} of {@code linux/filter.h} has it.
 *
 * @param code the operation, 16 bits
 * @param jumpTrue how many instructions to skip if a condition holds, 0 to 255
 * @param jumpFalse how many instructions to skip if it doesn't, 0 to 255
 * @param operand the constant, an unsigned 32-bit number
 */
public record BpfInstruction(int code, int jumpTrue, int jumpFalse, int operand) {

  // The parts of an operation code, from linux/bpf_common.h.
  /** Loads into the accumulator. */
  public static final int LD = 0x00;

  /** Loads into the index register X. */
  public static final int LDX = 0x01;

  /** Stores the accumulator in a memory cell. */
  public static final int ST = 0x02;

  /** Calculates with the accumulator. */
  public static final int ALU = 0x04;

  /** Jumps forwards. */
  public static final int JMP = 0x05;

  /** Ends the program. */
  public static final int RET = 0x06;

  /** Loads 4 bytes. */
  public static final int WORD = 0x00;

  /** Loads 1 byte. */
  public static final int BYTE = 0x10;

  /** Loads a constant. */
  public static final int IMMEDIATE = 0x00;

  /** Loads from the packet at a fixed offset. */
  public static final int ABSOLUTE = 0x20;

  /** Loads from a memory cell. */
  public static final int MEMORY = 0x60;

  /** Takes the index register X as the operand rather than the constant. */
  public static final int WITH_X = 0x08;

  /** Jumps always. */
  public static final int ALWAYS = 0x00;

  /** Jumps if the accumulator equals the constant. */
  public static final int IF_EQUAL = 0x10;

  /** Jumps if the accumulator is the constant or greater, unsigned. */
  public static final int IF_GREATER_OR_EQUAL = 0x30;

  /** Returns the accumulator. */
  public static final int ACCUMULATOR = 0x10;

  static BpfInstruction of(int code, int operand) {
    return new BpfInstruction(code, 0, 0, operand);
  }
}
