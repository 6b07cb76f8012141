package io.stickycluster.spi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent so far, read as the head of an HTTP/1 request as far as it is one. Valid
 * only during the call it is an argument of; for one thread.
 *
 * <p>Only whole lines count, and a line is whole when the byte behind it is there and shows that
 * the line isn't continued. Lines that RFC 9112 has servers reject, or lets read in two ways
 * (continued lines, ends of line other than CR LF, blanks before the colon, control characters),
 * end the reading, as does a 129th header line: the head is then {@link Progress#MALFORMED} and
 * shows what came before.
 */
public interface RequestHead {

  /** How far the head has come. */
  enum Progress {
    /** HTTP so far; more is to come. */
    PARTIAL,
    /** The empty line is there. */
    COMPLETE,
    /** HTTP up to a line that is broken or ambiguous. */
    MALFORMED,
    /** Not HTTP/1: TLS, HTTP/2 without upgrade, or another protocol. */
    NOT_HTTP
  }

  /** Returns the connection's address: what a PROXY protocol header told, or else the peer's. */
  InetSocketAddress connection();

  /** Returns whether to believe what this address says about others. */
  boolean isTrusted(InetAddress address);

  /** Returns all bytes so far, those of a PROXY protocol header excepted; read-only. */
  ByteBuffer bytes();

  /** Returns how far the head has come. */
  Progress progress();

  /** Returns the request's target as it was sent, read-only, or null if it is not there. */
  @Nullable ByteBuffer target();

  /** Returns the number of header lines so far. */
  int headerCount();

  /**
   * Returns whether a header line has this name, whatever the case of ASCII letters.
   *
   * @param line from 0 to {@code headerCount() - 1}
   */
  boolean isHeader(int line, String name);

  /**
   * Returns the value of a header line without blanks around it; read-only.
   *
   * @param line from 0 to {@code headerCount() - 1}
   */
  ByteBuffer headerValue(int line);
}
