package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.bench.transport.Sources.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourcesTest {

  @Test
  void everyWorkerHasAsManyClientsAndNobodyIsThereTwice() {
    List<List<Source>> sources = Sources.choose();
    assertThat(sources).hasSize(2);
    assertThat(sources.get(0))
        .hasSameSizeAs(sources.get(1))
        .doesNotContainAnyElementsOf(sources.get(1));
    assertThat(sources.stream().flatMap(List::stream).map(Source::address)).doesNotHaveDuplicates();
  }

  @Test
  void allAreOnTheLoopbackInterface() {
    assertThat(Sources.choose().stream().flatMap(List::stream))
        .allMatch(source -> source.address().isLoopbackAddress());
  }

  @Test
  void nginxChoosesByCrc32() {
    // By zlib, crc32 of these is 0xead7ce18, 0x73de9fa2 and 0x04d9af34.
    assertThat(Sources.nginxIndex("127.1.0.1")).isEqualTo(0xead7 % 2);
    assertThat(Sources.nginxIndex("127.1.0.2")).isEqualTo(0x73de % 2);
    assertThat(Sources.nginxIndex("127.1.0.3")).isEqualTo(0x04d9 % 2);
  }

  @Test
  void theOriginalChoosesByStringHash() {
    // The package string-hash itself says 2591894421 and 1801045878.
    assertThat(Sources.nodeIndex("::ffff:127.1.0.1")).isEqualTo(1);
    assertThat(Sources.nodeIndex("::ffff:127.1.0.2")).isEqualTo(0);
  }
}
