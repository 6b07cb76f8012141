package io.stickycluster.transport.netty.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.spi.SteeringProgram;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BpfCompilerTest {

  @Property(tries = 500)
  void compiledProgramsSayWhatTheSteeringProgramSays(
      @ForAll long seed, @ForAll @IntRange(max = 60) int steps) {
    Random random = new Random(seed);
    SteeringProgram ipv4 = SteeringPrograms.random(random, 4, steps);
    SteeringProgram ipv6 = SteeringPrograms.random(random, 16, steps);
    List<BpfInstruction> compiled = BpfCompiler.compile(ipv4, ipv6);
    for (int i = 0; i < 20; i++) {
      byte[] four = bytes(random, 4);
      byte[] six = bytes(random, 16);
      assertThat(BpfInterpreter.run(compiled, ipv4Packet(four))).isEqualTo(ipv4.run(four));
      assertThat(BpfInterpreter.run(compiled, ipv6Packet(six))).isEqualTo(ipv6.run(six));
    }
  }

  @Property(tries = 50)
  void lookupsFindEveryRangeAtBothEnds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 900) int ranges) {
    SteeringProgram.Lookup lookup = SteeringPrograms.lookup(new Random(seed), ranges);
    SteeringProgram program = SteeringProgram.of(new SteeringProgram.AddressWord(0), lookup);
    List<BpfInstruction> compiled = BpfCompiler.compile(program, program);
    for (int i = 0; i < ranges; i++) {
      int start = lookup.starts().get(i);
      assertThat(BpfInterpreter.run(compiled, ipv4Packet(word(start))))
          .isEqualTo(lookup.values().get(i));
      assertThat(BpfInterpreter.run(compiled, ipv4Packet(word(start - 1))))
          .isEqualTo(lookup.values().get((i + ranges - 1) % ranges));
    }
  }

  @Test
  void jumpsStayWithinWhatTheKernelAccepts() {
    SteeringProgram program =
        SteeringProgram.of(
            new SteeringProgram.AddressWord(0), SteeringPrograms.lookup(new Random(1), 500));
    List<BpfInstruction> compiled = BpfCompiler.compile(program, program);
    for (int i = 0; i < compiled.size(); i++) {
      BpfInstruction instruction = compiled.get(i);
      assertThat(instruction.jumpTrue()).isBetween(0, 255);
      assertThat(instruction.jumpFalse()).isBetween(0, 255);
      if (instruction.code() == (BpfInstruction.JMP | BpfInstruction.ALWAYS)) {
        assertThat(i + 1 + instruction.operand()).isBetween(i + 1, compiled.size() - 1);
      }
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] word(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }

  private static byte[] ipv4Packet(byte[] source) {
    byte[] packet = new byte[20];
    packet[0] = 0x45;
    System.arraycopy(source, 0, packet, 12, 4);
    return packet;
  }

  private static byte[] ipv6Packet(byte[] source) {
    byte[] packet = new byte[40];
    packet[0] = 0x60;
    System.arraycopy(source, 0, packet, 8, 16);
    return packet;
  }
}
