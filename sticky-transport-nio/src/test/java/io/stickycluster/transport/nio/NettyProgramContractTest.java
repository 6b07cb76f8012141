package io.stickycluster.transport.nio;

import io.stickycluster.contract.TransportContract;

/** The bytes road in front of the Netty program that the other roads are tested with. */
class NettyProgramContractTest extends TransportContract {

  @Override
  protected String transport() {
    return "nio";
  }

  @Override
  protected String handOver() {
    return "auto";
  }

  @Override
  protected String workerMain() {
    return "io.stickycluster.transport.netty.ContractWorker";
  }

  @Override
  protected boolean showsClientAddress() {
    return true;
  }
}
