package io.stickycluster.transport.netty;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.transport.netty.bpf.BpfCompiler;
import io.stickycluster.transport.netty.bpf.BpfInstruction;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Turns a router into a program for the kernel, and checks on samples that both agree. */
final class SteeringPlan {

  private static final int SAMPLES = 1000;
  private static final int SAMPLE_SEED = 4096;

  private SteeringPlan() {}

  /** The kernel can't steer. */
  static final class ImpossibleException extends Exception {
    private static final long serialVersionUID = 1L;

    ImpossibleException(String reason) {
      super(reason);
    }
  }

  /**
   * Compiles a router's choice for both address families.
   *
   * @throws ImpossibleException if the kernel can't steer as the router does; says why
   */
  static List<BpfInstruction> compile(Router router) throws ImpossibleException {
    Optional<String> obstacle = router.steeringObstacle();
    if (obstacle.isPresent()) {
      throw new ImpossibleException(obstacle.get());
    }
    SteeringProgram ipv4 = program(router, 4);
    SteeringProgram ipv6 = program(router, 16);
    check(router, ipv4, ipv6);
    List<BpfInstruction> code = BpfCompiler.compile(ipv4, ipv6);
    if (code.size() > BpfCompiler.MAX_INSTRUCTIONS) {
      throw new ImpossibleException(
          "the steering program for "
              + router.workers()
              + " workers has "
              + code.size()
              + " instructions and the kernel takes "
              + BpfCompiler.MAX_INSTRUCTIONS);
    }
    return code;
  }

  private static SteeringProgram program(Router router, int addressLength)
      throws ImpossibleException {
    return router
        .steering(addressLength)
        .orElseThrow(
            () ->
                new ImpossibleException(
                    "there is no steering program for addresses of " + addressLength + " bytes"));
  }

  /** The kernel takes a wrong index without a word, so program and router must agree beforehand. */
  private static void check(Router router, SteeringProgram ipv4, SteeringProgram ipv6)
      throws ImpossibleException {
    Random random = new Random(SAMPLE_SEED);
    for (int i = 0; i < SAMPLES; i++) {
      byte[] address = new byte[i % 2 == 0 ? 4 : 16];
      random.nextBytes(address);
      if (i % 4 < 2) {
        // Neighbours in one network, as real clients are.
        System.arraycopy(new byte[] {10, 0, (byte) (i >>> 8)}, 0, address, 0, 3);
      }
      SteeringProgram program = address.length == 4 ? ipv4 : ipv6;
      int kernel = program.run(address);
      int java = router.indexOfAddress(address, 0, address.length);
      if (kernel != java) {
        throw new ImpossibleException(
            "the steering program sends "
                + text(address)
                + " to worker "
                + Integer.toUnsignedString(kernel)
                + ", but the hash strategy sends it to worker "
                + java
                + "; the strategy or balancer has a bug");
      }
    }
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
