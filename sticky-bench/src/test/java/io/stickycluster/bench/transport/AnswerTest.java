package io.stickycluster.bench.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stickycluster.bench.transport.Answer.WrongAnswerException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello";

  @Property(tries = 200)
  void aResponseIsWholeWithItsLastByteHoweverItIsCut(@ForAll @IntRange(min = 1, max = 60) int cut)
      throws WrongAnswerException {
    Answer answer = new Answer(5);
    for (int times = 0; times < 2; times++) {
      answer.reset();
      byte[] bytes = HELLO.getBytes(StandardCharsets.US_ASCII);
      for (int at = 0; at < bytes.length; at += cut) {
        int end = Math.min(bytes.length, at + cut);
        boolean whole = read(answer, Arrays.copyOfRange(bytes, at, end));
        assertThat(whole).isEqualTo(end == bytes.length);
      }
    }
  }

  @Property
  void anyBytesAreWholeOrNotYetOrWrong(@ForAll @Size(max = 2000) byte[] bytes) {
    Answer answer = new Answer(5);
    try {
      assertThat(read(answer, bytes)).isFalse();
    } catch (WrongAnswerException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @Test
  void anotherStatusIsWrong() {
    assertThatThrownBy(() -> readText("HTTP/1.1 503 Service Unavailable\r\n\r\n"))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessage("answered 'HTTP/1.1 503 Service Unavailable'");
  }

  @Test
  void anotherLengthIsWrong() {
    assertThatThrownBy(() -> readText("HTTP/1.1 200 OK\r\ncontent-length: 51\r\n\r\n"))
        .hasMessage("51 bytes instead of 5");
    assertThatThrownBy(() -> readText("HTTP/1.1 200 OK\r\nx: 5\r\n\r\nhello"))
        .hasMessage("no content-length");
  }

  @Test
  void moreThanTheLengthIsWrong() {
    assertThatThrownBy(() -> readText(HELLO + "!")).hasMessage("bytes behind the response");
  }

  @Test
  void aHeadWithoutAnEndIsWrong() {
    assertThatThrownBy(() -> readText("HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(200)))
        .hasMessage("a head of more than 1024 bytes");
  }

  private static boolean readText(String text) throws WrongAnswerException {
    return read(new Answer(5), text.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean read(Answer answer, byte[] bytes) throws WrongAnswerException {
    return answer.read(ByteBuffer.allocateDirect(4096).put(bytes), bytes.length);
  }
}
