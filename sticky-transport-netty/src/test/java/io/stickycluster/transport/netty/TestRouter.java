package io.stickycluster.transport.netty;

import io.stickycluster.spi.Router;
import io.stickycluster.spi.SteeringProgram;
import io.stickycluster.spi.SteeringProgram.AddressByte;
import io.stickycluster.spi.SteeringProgram.Combine;
import io.stickycluster.spi.SteeringProgram.Operation;
import java.util.Optional;

/** Routes by the address's last byte, or the text's. */
record TestRouter(int workers, Optional<String> steeringObstacle, int lie) implements Router {

  TestRouter(int workers) {
    this(workers, Optional.empty(), 0);
  }

  @Override
  public int indexOfAddress(byte[] address, int offset, int length) {
    return (address[offset + length - 1] & 0xff) % workers;
  }

  @Override
  public int indexOfText(byte[] key, int offset, int length) {
    return length == 0 ? 0 : (key[offset + length - 1] & 0xff) % workers;
  }

  @Override
  public Optional<SteeringProgram> steering(int addressLength) {
    return Optional.of(
        SteeringProgram.of(
            new AddressByte(addressLength - 1),
            new Combine(Operation.ADD, lie),
            new Combine(Operation.REMAINDER, workers)));
  }
}
