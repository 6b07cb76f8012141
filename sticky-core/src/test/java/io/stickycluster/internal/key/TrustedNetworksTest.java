package io.stickycluster.internal.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedNetworksTest {

  private static boolean contains(String networks, String address) {
    return TrustedNetworks.parse(networks).contains(InetAddresses.forString(address));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.0.0.0/8                | 10.255.255.255 | true
          10.0.0.0/8                | 11.0.0.0       | false
          192.0.2.128/25            | 192.0.2.127    | false
          192.0.2.128/25            | 192.0.2.128    | true
          192.0.2.1                 | 192.0.2.1      | true
          192.0.2.1                 | 192.0.2.2      | false
          0.0.0.0/0                 | 203.0.113.9    | true
          0.0.0.0/0                 | ::1            | false
          ::/0                      | 2001:db8::1    | true
          ::/0                      | 127.0.0.1      | false
          2001:db8:8000::/33        | 2001:db8:ffff::| true
          2001:db8:8000::/33        | 2001:db8:7fff::| false
          ::ffff:10.0.0.0/104       | 10.1.2.3       | true
          ::ffff:10.0.0.1           | 10.0.0.1       | true
          loopback                  | 127.9.9.9      | true
          loopback                  | ::1            | true
          private                   | 172.31.0.1     | true
          private                   | 172.32.0.1     | false
          private                   | fd12::1        | true
          ' 10.0.0.0/8 , loopback ' | 127.0.0.1      | true
          """)
  void an_address_is_trusted_if_a_network_has_it(String networks, String address, boolean trusted) {
    assertThat(contains(networks, address)).isEqualTo(trusted);
  }

  @Test
  void a_blank_list_trusts_nobody() {
    assertThat(TrustedNetworks.parse(" ").isEmpty()).isTrue();
    assertThat(contains("", "127.0.0.1")).isFalse();
    assertThat(TrustedNetworks.LOOPBACK.isEmpty()).isFalse();
  }

  @Test
  void a_mapped_address_counts_as_ipv4() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    Inet6Address address = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(TrustedNetworks.parse("10.0.0.0/8").contains(address)).isTrue();
    assertThat(TrustedNetworks.parse("::/0").contains(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "example.com/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0/8",
        "::/129",
        "fe80::%eth0/64",
        "::ffff:10.0.0.0/95",
        "10.0.0.0/8,",
        ",",
        "1",
        "/8",
        "10.0.0.0/٨",
        "10.0.0.0/08x"
      })
  void what_is_no_network_is_refused_by_name(String networks) {
    assertThatThrownBy(() -> TrustedNetworks.parse(networks))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a trusted network")
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_host_with_a_network_s_prefix_is_refused_with_both_remedies() {
    assertThatThrownBy(() -> TrustedNetworks.parse("10.0.0.1/8"))
        .hasMessage(
            "'10.0.0.1/8' has bits set behind its prefix: write 10.0.0.0/8 for the network or"
                + " 10.0.0.1 for the host");
  }

  @Property
  void a_network_has_exactly_the_addresses_that_share_its_prefix(
      @ForAll @Size(16) byte[] bytes,
      @ForAll @IntRange(max = 128) int prefix,
      @ForAll @IntRange(max = 127) int flipped) {
    bytes[0] = 0x20; // not mapped
    BigInteger network = new BigInteger(1, bytes).shiftRight(128 - prefix).shiftLeft(128 - prefix);
    TrustedNetworks trusted = TrustedNetworks.of(List.of(text(network) + "/" + prefix));
    BigInteger other = new BigInteger(1, bytes).flipBit(127 - flipped);
    assertThat(trusted.contains(InetAddresses.forString(text(new BigInteger(1, bytes))))).isTrue();
    assertThat(trusted.contains(InetAddresses.forString(text(other)))).isEqualTo(flipped >= prefix);
  }

  private static String text(BigInteger address) {
    return InetAddresses.fromIPv6BigInteger(address).getHostAddress();
  }
}
