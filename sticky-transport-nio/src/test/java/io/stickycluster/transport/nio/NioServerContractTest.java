package io.stickycluster.transport.nio;

import io.stickycluster.StickyCluster;
import io.stickycluster.Worker;
import io.stickycluster.contract.Answers;
import io.stickycluster.contract.TransportContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The bytes road in front of {@link NioServer}. */
class NioServerContractTest extends TransportContract {

  @Override
  protected String transport() {
    return "nio";
  }

  @Override
  protected String handOver() {
    return "bytes";
  }

  @Override
  protected String workerMain() {
    return Program.class.getName();
  }

  @Override
  protected boolean showsClientAddress() {
    return true;
  }

  /** A worker that speaks {@link Answers} on an {@link NioServer}. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) {
      StickyCluster.builder()
          .build()
          .run(
              worker ->
                  CompletableFuture.completedFuture(
                      NioServer.of(connection -> serve(worker, connection))));
    }

    private static void serve(Worker worker, NioConnection connection)
        throws IOException, InterruptedException {
      BufferedReader requests =
          new BufferedReader(
              new InputStreamReader(new Requests(connection), StandardCharsets.UTF_8));
      String client = connection.client().getAddress().getHostAddress();
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        TimeUnit.MILLISECONDS.sleep(Answers.delayMillis(line));
        Servers.send(connection.channel(), Answers.answer(worker, client) + "\n");
      }
    }

    /** What a connection reads, as a stream. */
    private static final class Requests extends InputStream {
      private final NioConnection connection;

      Requests(NioConnection connection) {
        this.connection = connection;
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return connection.readRequest(ByteBuffer.wrap(bytes, offset, length));
      }
    }
  }
}
