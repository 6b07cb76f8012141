package io.stickycluster.transport.netty;

import io.stickycluster.contract.TransportContract;

/** The connection road in front of a Netty program. */
class ConnectionRoadContractTest extends TransportContract {

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
}
