package io.stickycluster.transport.netty.bpf;

import static io.stickycluster.transport.netty.bpf.BpfInstruction.ABSOLUTE;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.ACCUMULATOR;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.ALU;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.ALWAYS;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.BYTE;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.IF_EQUAL;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.IF_GREATER_OR_EQUAL;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.IMMEDIATE;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.JMP;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.LD;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.LDX;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.MEMORY;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.RET;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.ST;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.WITH_X;
import static io.stickycluster.transport.netty.bpf.BpfInstruction.WORD;

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
import java.util.BitSet;
import java.util.List;

/**
 * Turns a steering program for IPv4 and one for IPv6 into one classic BPF program that reads the
 * client's address from the packet's IP header.
 *
 * <p>Every step becomes one to three instructions, a lookup two for every node of a binary search.
 * The accumulator is BPF's A, register i is memory cell i.
 */
public final class BpfCompiler {

  /** The kernel's bound on the number of instructions, BPF_MAXINSNS. */
  public static final int MAX_INSTRUCTIONS = 4096;

  /**
   * Where the IP header starts, whatever the packet's data pointer is: SKF_NET_OFF of {@code
   * linux/filter.h}.
   */
  static final int NETWORK_HEADER = -0x100000;

  private static final int IPV4_SOURCE = NETWORK_HEADER + 12;
  private static final int IPV6_SOURCE = NETWORK_HEADER + 8;

  private final List<BpfInstruction> code = new ArrayList<>();
  private final int source;

  private BpfCompiler(int source) {
    this.source = source;
  }

  /**
   * Compiles address → index.
   *
   * @param ipv4 the program over 4 address bytes
   * @param ipv6 the program over 16 address bytes
   * @return the instructions; at most {@value #MAX_INSTRUCTIONS} are of use to the kernel
   */
  public static List<BpfInstruction> compile(SteeringProgram ipv4, SteeringProgram ipv6) {
    List<BpfInstruction> four = new BpfCompiler(IPV4_SOURCE).body(ipv4);
    List<BpfInstruction> six = new BpfCompiler(IPV6_SOURCE).body(ipv6);
    List<BpfInstruction> all = new ArrayList<>(four.size() + six.size() + 4);
    all.add(BpfInstruction.of(LD | BYTE | ABSOLUTE, NETWORK_HEADER));
    all.add(BpfInstruction.of(ALU | operation(Operation.SHIFT_RIGHT), 4));
    all.add(new BpfInstruction(JMP | IF_EQUAL, 0, 1, 6));
    all.add(BpfInstruction.of(JMP | ALWAYS, four.size()));
    all.addAll(four);
    all.addAll(six);
    return List.copyOf(all);
  }

  private List<BpfInstruction> body(SteeringProgram program) {
    // The kernel refuses to read a memory cell that was not written.
    BitSet read = new BitSet();
    for (Step step : program.steps()) {
      if (step instanceof Load load) {
        read.set(load.register());
      } else if (step instanceof CombineRegister combine) {
        read.set(combine.register());
      }
    }
    emit(LD | IMMEDIATE, 0);
    read.stream().forEach(register -> emit(ST, register));
    program.steps().forEach(this::step);
    emit(RET | ACCUMULATOR, 0);
    return code;
  }

  private void step(Step step) {
    if (step instanceof Constant constant) {
      emit(LD | IMMEDIATE, constant.value());
    } else if (step instanceof AddressByte load) {
      emit(LD | BYTE | ABSOLUTE, source + load.index());
    } else if (step instanceof AddressWord load) {
      emit(LD | WORD | ABSOLUTE, source + load.index());
    } else if (step instanceof Store store) {
      emit(ST, store.register());
    } else if (step instanceof Load load) {
      emit(LD | MEMORY, load.register());
    } else if (step instanceof Combine combine) {
      emit(ALU | operation(combine.operation()), combine.operand());
    } else if (step instanceof CombineRegister combine) {
      emit(LDX | MEMORY, combine.register());
      emit(ALU | WITH_X | operation(combine.operation()), 0);
    } else if (step instanceof Lookup lookup) {
      List<Integer> exits = new ArrayList<>();
      search(lookup, 0, lookup.starts().size() - 1, exits);
      for (int exit : exits) {
        code.set(exit, BpfInstruction.of(JMP | ALWAYS, code.size() - exit - 1));
      }
    }
  }

  /** Emits a binary search for the range among {@code low} to {@code high} that A lies in. */
  private void search(Lookup lookup, int low, int high, List<Integer> exits) {
    if (low == high) {
      emit(LD | IMMEDIATE, lookup.values().get(low));
      exits.add(code.size());
      emit(JMP | ALWAYS, 0);
      return;
    }
    int middle = (low + high + 1) >>> 1;
    code.add(new BpfInstruction(JMP | IF_GREATER_OR_EQUAL, 0, 1, lookup.starts().get(middle)));
    // A conditional jump reaches 255 instructions only, this one all.
    int upper = code.size();
    emit(JMP | ALWAYS, 0);
    search(lookup, low, middle - 1, exits);
    code.set(upper, BpfInstruction.of(JMP | ALWAYS, code.size() - upper - 1));
    search(lookup, middle, high, exits);
  }

  private void emit(int operation, int operand) {
    code.add(BpfInstruction.of(operation, operand));
  }

  /** Returns the bits of an ALU instruction's code that say what to calculate. */
  private static int operation(Operation operation) {
    return switch (operation) {
      case ADD -> 0x00;
      case SUBTRACT -> 0x10;
      case MULTIPLY -> 0x20;
      case DIVIDE -> 0x30;
      case OR -> 0x40;
      case AND -> 0x50;
      case SHIFT_LEFT -> 0x60;
      case SHIFT_RIGHT -> 0x70;
      case REMAINDER -> 0x90;
      case XOR -> 0xa0;
    };
  }
}
