package io.stickycluster.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.Messages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameCodecTest {

  @Property
  void whatIsWrittenIsReadBack(
      @ForAll int peer, @ForAll @StringLength(max = 60) String name, @ForAll byte[] payload)
      throws IOException {
    Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(name));
    Frame frame = new Frame(peer, name, payload);
    Frame back = FrameCodec.decode(FrameCodec.encode(frame));

    assertThat(back).isNotNull();
    assertThat(back.peer()).isEqualTo(peer);
    assertThat(back.name()).isEqualTo(name);
    assertThat(back.payload()).isEqualTo(payload);
  }

  @Property(tries = 200)
  void framesArriveWholeHoweverTheStreamIsCut(
      @ForAll @Size(min = 1, max = 5) List<byte[]> payloads,
      @ForAll @IntRange(min = 1, max = 40) int cut)
      throws IOException {
    ByteBuffer stream = ByteBuffer.allocate(1 << 20);
    payloads.forEach(payload -> stream.put(FrameCodec.encode(new Frame(3, "name", payload))));
    stream.flip();
    FrameReader reader = new FrameReader();
    List<byte[]> arrived = new ArrayList<>();
    while (reader.fill(new Pieces(stream, cut)) >= 0) {
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        arrived.add(frame.payload());
      }
    }

    assertThat(arrived).usingRecursiveComparison().isEqualTo(payloads);
  }

  @Property
  void garbageIsAFrameOrNotYetOneOrAnErrorAndNothingElse(@ForAll byte[] garbage) {
    ByteBuffer buffer = ByteBuffer.wrap(garbage);
    try {
      Frame frame = FrameCodec.decode(buffer);
      assertThat(frame == null ? 0 : frame.payload().length).isLessThanOrEqualTo(garbage.length);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("control frame");
    }
  }

  @Property
  void garbageFieldsAreFieldsOrAnError(@ForAll byte[] garbage) {
    try {
      assertThat(Fields.decode(garbage)).isNotNull();
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
  }

  @Test
  void aHugeLengthIsRefusedBeforeAnyMemoryIsTakenForIt() {
    for (int length : new int[] {Integer.MAX_VALUE, -1, FrameCodec.MAX_FRAME_BYTES + 1, 5}) {
      ByteBuffer header = ByteBuffer.allocate(4).putInt(length).flip();
      assertThatThrownBy(() -> FrameCodec.decode(header)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theLargestMessagePasses() throws IOException {
    Frame largest =
        new Frame(0, "n".repeat(Messages.MAX_NAME_BYTES), new byte[Messages.MAX_PAYLOAD_BYTES]);
    Frame back = FrameCodec.decode(FrameCodec.encode(largest));

    assertThat(back).isNotNull();
    assertThat(back.payload()).hasSize(Messages.MAX_PAYLOAD_BYTES);
  }

  /** A channel that gives its bytes in small pieces. */
  private record Pieces(ByteBuffer stream, int cut)
      implements java.nio.channels.ReadableByteChannel {
    @Override
    public int read(@Nullable ByteBuffer into) {
      if (!stream.hasRemaining()) {
        return -1;
      }
      int count = Math.min(Math.min(cut, stream.remaining()), into.remaining());
      into.put(stream.slice(stream.position(), count));
      stream.position(stream.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
