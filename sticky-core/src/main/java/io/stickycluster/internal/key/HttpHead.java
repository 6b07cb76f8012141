package io.stickycluster.internal.key;

import io.stickycluster.spi.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an HTTP/1 request (RFC 9112) once, from the front, and keeps offsets only.
 *
 * <p>Every decision depends on bytes already passed, so that a head cut anywhere is read like the
 * whole one.
 */
final class HttpHead implements RequestHead {

  /** Longer than every method in IANA's registry. */
  private static final int MAX_METHOD_BYTES = 24;

  /** So that what a head costs doesn't grow with the number of its lines. */
  private static final int MAX_HEADER_LINES = 128;

  private static final String VERSION = "HTTP/1.";
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /** Offsets a header line takes in {@link #offsets}: name, its end, value, its end. */
  private static final int STRIDE = 4;

  private final ByteBuffer bytes;
  private final InetSocketAddress connection;
  private final TrustedNetworks trusted;
  private final int end;

  private Progress progress = Progress.PARTIAL;
  private int targetStart;
  private int targetEnd;
  private int[] offsets = new int[16 * STRIDE];
  private int headerCount;

  /** Reads the bytes from position to limit; the buffer must not change while this is in use. */
  HttpHead(ByteBuffer head, InetSocketAddress connection, TrustedNetworks trusted) {
    this.bytes = head.slice().asReadOnlyBuffer();
    this.connection = connection;
    this.trusted = trusted;
    this.end = bytes.limit();
    int next = readRequestLine();
    while (next >= 0) {
      next = readHeaderLine(next);
    }
  }

  @Override
  public InetSocketAddress connection() {
    return connection;
  }

  @Override
  public boolean isTrusted(InetAddress address) {
    return trusted.contains(address);
  }

  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public @Nullable ByteBuffer target() {
    return targetEnd == 0 ? null : bytes.slice(targetStart, targetEnd - targetStart);
  }

  @Override
  public int headerCount() {
    return headerCount;
  }

  @Override
  public boolean isHeader(int line, String name) {
    int start = offsets[line * STRIDE];
    int length = offsets[line * STRIDE + 1] - start;
    if (length != name.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(bytes.get(start + i)) != lower(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public ByteBuffer headerValue(int line) {
    int start = offsets[line * STRIDE + 2];
    return bytes.slice(start, offsets[line * STRIDE + 3] - start);
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  /** Reads the first line; returns where the next one starts, or -1 at the end. */
  private int readRequestLine() {
    int at = 0;
    while (at < end && isMethodByte(bytes.get(at)) && at <= MAX_METHOD_BYTES) {
      at++;
    }
    if (at == end && at <= MAX_METHOD_BYTES) {
      return stop(Progress.PARTIAL);
    }
    if (at == 0 || at > MAX_METHOD_BYTES || bytes.get(at) != ' ' || isHttp2Preface(at)) {
      return stop(Progress.NOT_HTTP);
    }
    int target = ++at;
    while (at < end && isVisible(bytes.get(at))) {
      at++;
    }
    if (at == end) {
      return stop(Progress.PARTIAL);
    }
    int targetLimit = at;
    if (at == target || bytes.get(at++) != ' ') {
      return stop(Progress.NOT_HTTP);
    }
    for (int i = 0; i <= VERSION.length(); i++, at++) {
      if (at == end) {
        return stop(Progress.PARTIAL);
      }
      int b = bytes.get(at);
      if (i == VERSION.length() ? b < '0' || b > '9' : b != VERSION.charAt(i)) {
        return stop(Progress.NOT_HTTP);
      }
    }
    int next = endLine(at);
    if (next >= 0) {
      targetStart = target;
      targetEnd = targetLimit;
    } else if (progress == Progress.MALFORMED) {
      progress = Progress.NOT_HTTP;
    }
    return next;
  }

  /** Reads a header line or the empty line; returns where the next one starts, or -1 at the end. */
  private int readHeaderLine(int start) {
    if (bytes.get(start) == '\r') {
      boolean more = start + 1 == end;
      boolean empty = !more && bytes.get(start + 1) == '\n';
      return stop(more ? Progress.PARTIAL : empty ? Progress.COMPLETE : Progress.MALFORMED);
    }
    int at = start;
    while (at < end && isTokenByte(bytes.get(at))) {
      at++;
    }
    if (at == end) {
      return stop(Progress.PARTIAL);
    }
    if (at == start || bytes.get(at) != ':') {
      return stop(Progress.MALFORMED);
    }
    int nameEnd = at++;
    while (at < end && isBlank(bytes.get(at))) {
      at++;
    }
    int value = at;
    int valueEnd = at;
    for (; at < end && (isVisible(bytes.get(at)) || isBlank(bytes.get(at))); at++) {
      if (!isBlank(bytes.get(at))) {
        valueEnd = at + 1;
      }
    }
    int next = endLine(at);
    if (next >= 0 && headerCount == MAX_HEADER_LINES) {
      return stop(Progress.MALFORMED);
    }
    if (next >= 0) {
      add(start, nameEnd, value, valueEnd);
    }
    return next;
  }

  /**
   * Passes CR LF if the byte behind them shows that the line isn't continued; returns where that
   * byte is, or -1 if the reading ends.
   */
  private int endLine(int at) {
    if ((at < end && bytes.get(at) != '\r') || (at + 1 < end && bytes.get(at + 1) != '\n')) {
      return stop(Progress.MALFORMED);
    }
    if (at + 2 >= end) {
      return stop(Progress.PARTIAL);
    }
    return isBlank(bytes.get(at + 2)) ? stop(Progress.MALFORMED) : at + 2;
  }

  private int stop(Progress why) {
    progress = why;
    return -1;
  }

  private void add(int nameStart, int nameEnd, int valueStart, int valueEnd) {
    int at = headerCount++ * STRIDE;
    if (at == offsets.length) {
      offsets = Arrays.copyOf(offsets, at * 2);
    }
    offsets[at] = nameStart;
    offsets[at + 1] = nameEnd;
    offsets[at + 2] = valueStart;
    offsets[at + 3] = valueEnd;
  }

  private boolean isHttp2Preface(int methodEnd) {
    return methodEnd == 3 && bytes.get(0) == 'P' && bytes.get(1) == 'R' && bytes.get(2) == 'I';
  }

  /** Registered methods have capital letters and dashes only, which tells most protocols apart. */
  private static boolean isMethodByte(int b) {
    return (b >= 'A' && b <= 'Z') || b == '-';
  }

  private static boolean isTokenByte(int b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || TOKEN_MARKS.indexOf(b) >= 0;
  }

  private static boolean isBlank(int b) {
    return b == ' ' || b == '\t';
  }

  /** Any byte but controls and blanks; those from 0x80 are negative. */
  private static boolean isVisible(int b) {
    return (b > ' ' && b != 0x7f) || b < 0;
  }
}
