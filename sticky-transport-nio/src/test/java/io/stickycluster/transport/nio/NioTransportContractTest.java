package io.stickycluster.transport.nio;

import io.stickycluster.contract.PlainWorker;
import io.stickycluster.contract.TransportContract;

/** The bytes road in front of a server that knows nothing of the cluster. */
class NioTransportContractTest extends TransportContract {

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
    return PlainWorker.class.getName();
  }

  @Override
  protected boolean showsClientAddress() {
    return false;
  }
}
