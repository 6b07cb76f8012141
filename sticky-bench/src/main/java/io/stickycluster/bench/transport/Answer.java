package io.stickycluster.bench.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads one response after the other and checks each: the status and the length. */
final class Answer {

  private static final int MAX_HEAD_BYTES = 1024;
  private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "\r\ncontent-length: ".getBytes(StandardCharsets.US_ASCII);

  private final int bodyBytes;
  private final byte[] head = new byte[MAX_HEAD_BYTES];
  private int headLength;
  private boolean inBody;
  private int bodyLeft;

  /** Makes a reader of responses with bodies of this length. */
  Answer(int bodyBytes) {
    this.bodyBytes = bodyBytes;
  }

  /** Forgets what was read, for a new response. */
  void reset() {
    headLength = 0;
    inBody = false;
    bodyLeft = 0;
  }

  /**
   * Reads the first bytes of a buffer, whose position and limit don't matter.
   *
   * @return whether the response is whole
   * @throws WrongAnswerException if it isn't the one expected
   */
  boolean read(ByteBuffer buffer, int count) throws WrongAnswerException {
    int at = 0;
    if (!inBody) {
      at = readHead(buffer, count);
      if (!inBody) {
        return false;
      }
    }
    bodyLeft -= count - at;
    if (bodyLeft < 0) {
      throw new WrongAnswerException("bytes behind the response");
    }
    return bodyLeft == 0;
  }

  /** Returns how many bytes belong to the head. */
  private int readHead(ByteBuffer buffer, int count) throws WrongAnswerException {
    int before = headLength;
    int taken = Math.min(count, MAX_HEAD_BYTES - before);
    buffer.get(0, head, before, taken);
    headLength += taken;
    for (int i = Math.max(0, before - 3); i + 3 < headLength; i++) {
      if (head[i] == '\r' && head[i + 1] == '\n' && head[i + 2] == '\r' && head[i + 3] == '\n') {
        check(i + 4);
        inBody = true;
        bodyLeft = bodyBytes;
        return i + 4 - before;
      }
    }
    if (headLength == MAX_HEAD_BYTES) {
      throw new WrongAnswerException("a head of more than " + MAX_HEAD_BYTES + " bytes");
    }
    return taken;
  }

  private void check(int length) throws WrongAnswerException {
    if (!matches(OK, 0)) {
      int line = 0;
      while (head[line] != '\r') {
        line++;
      }
      throw new WrongAnswerException(
          "answered '" + new String(head, 0, line, StandardCharsets.ISO_8859_1) + "'");
    }
    for (int i = OK.length; i + LENGTH.length < length; i++) {
      if (matches(LENGTH, i)) {
        long said = number(i + LENGTH.length);
        if (said != bodyBytes) {
          throw new WrongAnswerException(said + " bytes instead of " + bodyBytes);
        }
        return;
      }
    }
    throw new WrongAnswerException("no content-length");
  }

  private boolean matches(byte[] what, int at) {
    for (int i = 0; i < what.length; i++) {
      int expected = what[i];
      int found = head[at + i];
      if (found != expected && (at == 0 || (found | 0x20) != expected)) {
        return false;
      }
    }
    return true;
  }

  private long number(int at) {
    long number = 0;
    for (int i = at; head[i] >= '0' && head[i] <= '9' && number < Integer.MAX_VALUE; i++) {
      number = number * 10 + head[i] - '0';
    }
    return number;
  }

  /** Says that a server answered something else than it should. */
  static final class WrongAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongAnswerException(String message) {
      super(message);
    }
  }
}
