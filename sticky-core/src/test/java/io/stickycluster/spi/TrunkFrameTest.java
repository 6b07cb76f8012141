package io.stickycluster.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.spi.TrunkFrame.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TrunkFrameTest {

  @Property
  void headersSayWhatWasPutIntoThem(
      @ForAll int stream,
      @ForAll @IntRange(max = 255) int type,
      @ForAll @IntRange(max = TrunkFrame.MAX_NUMBER) int number) {
    long header = TrunkFrame.header(stream, type, number);
    assertThat(TrunkFrame.stream(header)).isEqualTo(stream);
    assertThat(TrunkFrame.type(header)).isEqualTo(type);
    assertThat(TrunkFrame.number(header)).isEqualTo(number);
  }

  @Test
  void numbersThatDontFitAreRefused() {
    assertThatThrownBy(() -> TrunkFrame.header(1, TrunkFrame.DATA, TrunkFrame.MAX_NUMBER + 1))
        .hasMessageContaining("16777215");
    assertThatThrownBy(() -> TrunkFrame.header(1, TrunkFrame.DATA, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void addressesArriveAsSentWhateverTheirFamilies(
      @ForAll boolean sixFirst,
      @ForAll boolean sixSecond,
      @ForAll @Size(16) byte[] first,
      @ForAll @Size(16) byte[] second,
      @ForAll @IntRange(max = 65_535) int port)
      throws UnknownHostException {
    Addresses sent =
        new Addresses(
            new InetSocketAddress(address(first, sixFirst), port),
            new InetSocketAddress(address(second, sixSecond), 65_535 - port));
    ByteBuffer bytes = ByteBuffer.allocate(TrunkFrame.MAX_ADDRESSES_BYTES);
    TrunkFrame.putAddresses(bytes, sent.client(), sent.local());
    assertThat(TrunkFrame.addresses(bytes.flip())).isEqualTo(sent);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Property(tries = 500)
  void anyBytesAreAddressesOrRefused(@ForAll @Size(max = 40) byte[] bytes) {
    try {
      Addresses addresses = TrunkFrame.addresses(ByteBuffer.wrap(bytes));
      assertThat(addresses.client().getAddress()).isNotNull();
      assertThat(bytes.length).isIn(13, 37);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("addresses of");
    }
  }

  private static InetAddress address(byte[] bytes, boolean six) throws UnknownHostException {
    return InetAddress.getByAddress(six ? bytes : java.util.Arrays.copyOf(bytes, 4));
  }
}
