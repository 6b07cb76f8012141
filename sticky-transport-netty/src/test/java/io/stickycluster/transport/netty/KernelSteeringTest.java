package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.stickycluster.spi.HashStrategy;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.transport.netty.bpf.BpfCompiler;
import io.stickycluster.transport.netty.bpf.ReuseportSteering;
import io.stickycluster.transport.netty.bpf.SteeringPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real connections to real listeners: the kernel's choice is Java's. */
class KernelSteeringTest {

  private static final int BACKLOG = 1024;

  private final List<Socket> listeners = new ArrayList<>();
  private final List<java.net.Socket> clients = new ArrayList<>();

  @BeforeAll
  static void needsEpoll() {
    assumeTrue(new NettyTransportProvider().unavailable().isEmpty());
  }

  @AfterEach
  void closeAll() throws IOException {
    for (java.net.Socket client : clients) {
      client.close();
    }
    listeners.forEach(Descriptors::close);
  }

  @Test
  void theKernelSteersByEveryHashStrategyThatCanBeSteered() throws IOException {
    int steered = 0;
    for (HashStrategy strategy : ServiceLoader.load(HashStrategy.class)) {
      if (strategy.steering(4).isEmpty() || strategy.steering(16).isEmpty()) {
        continue;
      }
      steered++;
      int n = 3 + steered;
      check(
          SteeringPrograms.below(strategy.steering(4).get(), n),
          SteeringPrograms.below(strategy.steering(16).get(), n),
          n,
          100);
    }
    assertThat(steered).isPositive();
  }

  @Test
  void theKernelRunsRandomProgramsAsJavaDoes() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 5; i++) {
      int n = 1 + random.nextInt(8);
      check(
          SteeringPrograms.below(SteeringPrograms.random(random, 4, 30), n),
          SteeringPrograms.below(SteeringPrograms.random(random, 16, 30), n),
          n,
          60);
    }
  }

  @Test
  void theKernelSearchesLargeTablesAsJavaDoes() throws IOException {
    SteeringProgram program =
        SteeringProgram.of(
            new SteeringProgram.AddressWord(0),
            new SteeringProgram.Combine(SteeringProgram.Operation.MULTIPLY, 0x9e3779b1),
            SteeringPrograms.lookup(new Random(3), 400));
    check(SteeringPrograms.below(program, 7), SteeringPrograms.below(program, 7), 7, 150);
  }

  private void check(SteeringProgram ipv4, SteeringProgram ipv6, int n, int connections)
      throws IOException {
    InetSocketAddress any = new InetSocketAddress("0.0.0.0", 0);
    Socket first = PortListeners.open(any, BACKLOG, true);
    listeners.clear();
    listeners.add(first);
    InetSocketAddress address = first.localAddress();
    while (listeners.size() < n) {
      listeners.add(PortListeners.join(address, BACKLOG));
    }
    ReuseportSteering.attach(first, BpfCompiler.compile(ipv4, ipv6));
    ReuseportSteering.unmute(first);
    Random random = new Random(n);
    for (int i = 0; i < connections; i++) {
      InetAddress source = TestCluster.address(127, random.nextInt(256), random.nextInt(256), 9);
      connect(source, TestCluster.LOOPBACK, address.getPort());
    }
    if (address.getAddress().getAddress().length == 16) {
      for (int i = 0; i < 5; i++) {
        connect(TestCluster.IPV6_LOOPBACK, TestCluster.IPV6_LOOPBACK, address.getPort());
      }
    }
    int accepted = 0;
    byte[] peer = new byte[25];
    for (int index = 0; index < n; index++) {
      int fd;
      while ((fd = listeners.get(index).accept(peer)) >= 0) {
        Descriptors.close(new Socket(fd));
        byte[] client = NativeInetAddress.address(peer, 1, peer[0]).getAddress().getAddress();
        int java = (client.length == 4 ? ipv4 : ipv6).run(client);
        assertThat(index).as("client %s", InetAddress.getByAddress(client)).isEqualTo(java);
        accepted++;
      }
    }
    assertThat(accepted).isEqualTo(clients.size());
    for (java.net.Socket client : clients) {
      client.close();
    }
    clients.clear();
    listeners.forEach(Descriptors::close);
  }

  private void connect(InetAddress source, InetAddress host, int port) throws IOException {
    java.net.Socket client = new java.net.Socket();
    clients.add(client);
    client.bind(new InetSocketAddress(source, 0));
    client.connect(new InetSocketAddress(host, port), 5000);
  }
}
