package io.stickycluster.transport.netty;

import io.stickycluster.contract.TransportContract;

/** The listener road in front of a Netty program. */
class ListenerRoadContractTest extends TransportContract {

  @Override
  protected String transport() {
    return "netty";
  }

  @Override
  protected String handOver() {
    return "listener";
  }

  @Override
  protected String workerMain() {
    return ContractWorker.class.getName();
  }

  @Override
  protected boolean showsClientAddress() {
    return true;
  }
}
