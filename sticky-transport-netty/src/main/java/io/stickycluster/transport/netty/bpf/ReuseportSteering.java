package io.stickycluster.transport.netty.bpf;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Gives BPF programs to a group of SO_REUSEPORT listeners. */
public final class ReuseportSteering {

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_DETACH_FILTER = 27;
  private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
  private static final List<BpfInstruction> DROP =
      List.of(BpfInstruction.of(BpfInstruction.RET, 0));
  private static final int INSTRUCTION_BYTES = 8;

  private ReuseportSteering() {}

  /**
   * Lets a program choose the listener of every new connection: its result is the listener's place
   * in the order of {@code listen()}, from 0. Replaces an earlier program at once.
   *
   * @param member any socket of the group
   * @throws IOException if the kernel refuses
   */
  public static void attach(Socket member, List<BpfInstruction> program) throws IOException {
    set(member, SO_ATTACH_REUSEPORT_CBPF, program);
  }

  /**
   * Lets a listener ignore its clients until {@link #unmute}; they ask again after a second. Keeps
   * the first listeners of a group from taking what is for those not open yet.
   *
   * @throws IOException if the kernel refuses
   */
  public static void mute(Socket listener) throws IOException {
    set(listener, SO_ATTACH_FILTER, DROP);
  }

  /**
   * Lets a muted listener hear its clients.
   *
   * @throws IOException if the kernel refuses
   */
  public static void unmute(Socket listener) throws IOException {
    try {
      listener.setIntOpt(SOL_SOCKET, SO_DETACH_FILTER, 0);
    } catch (ChannelException e) {
      throw refused(e);
    }
  }

  private static void set(Socket socket, int option, List<BpfInstruction> program)
      throws IOException {
    ByteBuffer code = allocate(program.size() * INSTRUCTION_BYTES);
    for (BpfInstruction instruction : program) {
      code.putShort((short) instruction.code())
          .put((byte) instruction.jumpTrue())
          .put((byte) instruction.jumpFalse())
          .putInt(instruction.operand());
    }
    // struct sock_fprog: the number of instructions, then an aligned pointer to them.
    ByteBuffer header = allocate(16);
    header.putShort(0, (short) program.size());
    header.putLong(8, Buffer.memoryAddress(code));
    try {
      socket.setRawOpt(SOL_SOCKET, option, header);
    } catch (ChannelException e) {
      throw refused(e);
    } finally {
      Reference.reachabilityFence(code);
    }
  }

  private static IOException refused(ChannelException e) {
    return new IOException("the kernel refused the steering program: " + e.getMessage(), e);
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
