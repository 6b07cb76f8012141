package io.stickycluster.internal.balance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AddressTextTest {

  /** The vectors are made by sticky-hash/src/test/vectors/generate.mjs. */
  @Test
  void ipv6IsWrittenAsNodePrintsIt() throws IOException {
    try (InputStream in = AddressTextTest.class.getResourceAsStream("/vectors/address-text.tsv")) {
      List<String> lines =
          new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .toList();
      assertThat(lines).hasSizeGreaterThan(400);
      for (String line : lines) {
        String[] row = line.split("\t", -1);
        assertThat(ipv6(HexFormat.of().parseHex(row[0]))).isEqualTo(row[1]);
      }
    }
  }

  @Property
  void ipv6ReadsBackAsTheSameAddress(@ForAll @Size(16) byte[] address) throws UnknownHostException {
    assertThat(InetAddresses.forString(ipv6(address))).isEqualTo(InetAddress.getByAddress(address));
  }

  @Property
  void ipv4IsWrittenInDottedDecimals(@ForAll @Size(4) byte[] address) throws UnknownHostException {
    byte[] text = new byte[AddressText.MAX_BYTES];
    int end = AddressText.writeIpv4(address, 0, text, 3);
    assertThat(new String(text, 3, end - 3, US_ASCII))
        .isEqualTo(InetAddress.getByAddress(address).getHostAddress());
  }

  @Test
  void theLongestTextFits() {
    byte[] address = new byte[16];
    java.util.Arrays.fill(address, (byte) 0xff);
    assertThat(ipv6(address)).isEqualTo("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  }

  private static String ipv6(byte[] address) {
    byte[] text = new byte[AddressText.MAX_BYTES];
    int end = AddressText.writeIpv6(address, 0, text, 0);
    return new String(text, 0, end, US_ASCII);
  }
}
