package io.stickycluster.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stickycluster.contract.Reply;
import io.stickycluster.contract.TransportContract;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The connection road in front of a Netty program. */
class ConnectionRoadContractTest extends TransportContract {

  private static final int IDLE = 500;

  @Override
  protected String transport() {
    return "netty";
  }

  @Override
  protected String handOver() {
    return "connection";
  }

  @Override
  protected String workerMain() {
    return ContractWorker.class.getName();
  }

  @Override
  protected boolean showsClientAddress() {
    return true;
  }

  @Test
  void theMasterHoldsNothingOfConnectionsThatTheirWorkersHave() throws IOException {
    start(2, builder -> {});
    who(client(1));
    long before = openDescriptors();
    List<Socket> idle = new ArrayList<>();
    try {
      for (int host = 1; host <= IDLE; host++) {
        Socket socket = Reply.connect(address(), client(host));
        idle.add(socket);
        Reply.ask(socket, "who");
      }
      // The clients' own ends are in this process, too.
      await()
          .untilAsserted(
              () -> assertThat(openDescriptors() - idle.size()).isLessThanOrEqualTo(before));
      for (Socket socket : idle) {
        assertThat(Reply.ask(socket, "who").index()).isNotNegative();
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
