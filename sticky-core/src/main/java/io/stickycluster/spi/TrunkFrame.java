package io.stickycluster.spi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The frames on a trunk: a connection between a proxy and a worker's server that many clients'
 * connections share, each as a stream. What {@link io.stickycluster.ListeningServer#trunks} is
 * about.
 *
 * <p>A frame has a header of {@value #HEADER_BYTES} bytes, big-endian: the stream (32 bits), the
 * type (8 bits), a number (24 bits). Streams are numbered by the proxy, which reuses no number that
 * either side may still use; a frame of a stream that its receiver has forgotten is ignored.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>type</th><th>from</th><th>number</th><th>meaning</th></tr>
 * <tr><td>{@link #OPEN}</td><td>proxy</td><td>bytes that follow</td>
 *   <td>a new stream; the bytes are its client's addresses, see {@link #putAddresses}</td></tr>
 * <tr><td>{@link #TAKEN}</td><td>server</td><td>how many streams, at least 1</td>
 *   <td>the streams opened first of those not taken yet are the server's, which has told nobody
 *     else of them before; if the trunk breaks, the proxy opens all others elsewhere</td></tr>
 * <tr><td>{@link #DATA}</td><td>both</td><td>bytes that follow, at least 1</td>
 *   <td>what the client or the server sent; the proxy sends only what the stream was opened with
 *     until it is taken</td></tr>
 * <tr><td>{@link #CREDIT}</td><td>both</td><td>how many bytes</td>
 *   <td>the receiver may send that many bytes more; at first it is {@link #WINDOW_BYTES}</td></tr>
 * <tr><td>{@link #END}</td><td>both</td><td>0</td><td>the sender sends no more data</td></tr>
 * <tr><td>{@link #CLOSE}</td><td>both</td><td>0</td>
 *   <td>the sender has forgotten the stream: from the server, its connection is to be closed behind
 *     what was sent; from the proxy, its client has gone</td></tr>
 * </table>
 */
public final class TrunkFrame {

  /** The length of a header. */
  public static final int HEADER_BYTES = 8;

  /** The largest number in a header. */
  public static final int MAX_NUMBER = (1 << 24) - 1;

  /** How many bytes of data either side may send on a new stream; {@link #CREDIT} adds to it. */
  public static final int WINDOW_BYTES = 16 * 1024;

  /** The most bytes that {@link #putAddresses} writes. */
  public static final int MAX_ADDRESSES_BYTES = 1 + 2 * (16 + 2);

  /** Opens a stream. */
  public static final int OPEN = 1;

  /** Says that streams are the server's. */
  public static final int TAKEN = 2;

  /** Carries bytes. */
  public static final int DATA = 3;

  /** Allows more bytes. */
  public static final int CREDIT = 4;

  /** Ends one direction. */
  public static final int END = 5;

  /** Ends a stream. */
  public static final int CLOSE = 6;

  private static final int TYPE_SHIFT = 24;
  private static final int STREAM_SHIFT = 32;
  private static final int PORT_MASK = 0xffff;

  private TrunkFrame() {}

  /**
   * The addresses of a client's connection.
   *
   * @param client the client's
   * @param local the one that the client connected to
   */
  public record Addresses(InetSocketAddress client, InetSocketAddress local) {}

  /**
   * Returns a header.
   *
   * @throws IllegalArgumentException if the number is not from 0 to {@link #MAX_NUMBER}
   */
  public static long header(int stream, int type, int number) {
    if (number < 0 || number > MAX_NUMBER) {
      throw new IllegalArgumentException("a frame's number is 0 to " + MAX_NUMBER + ": " + number);
    }
    return (long) stream << STREAM_SHIFT | (long) type << TYPE_SHIFT | number;
  }

  /** Returns a header's stream. */
  public static int stream(long header) {
    return (int) (header >>> STREAM_SHIFT);
  }

  /** Returns a header's type, which may be none of the known ones. */
  public static int type(long header) {
    return (int) header >>> TYPE_SHIFT;
  }

  /** Returns a header's number, from 0 to {@link #MAX_NUMBER}. */
  public static int number(long header) {
    return (int) header & MAX_NUMBER;
  }

  /**
   * Writes addresses: the length of one (4 or 16) in a byte, then the client's address and port,
   * then those it connected to. If one is IPv4 and the other IPv6, both are written as IPv6.
   *
   * @param to has room for {@link #MAX_ADDRESSES_BYTES} and is big-endian
   */
  public static void putAddresses(
      ByteBuffer to, InetSocketAddress client, InetSocketAddress local) {
    byte[] from = client.getAddress().getAddress();
    byte[] at = local.getAddress().getAddress();
    int length = Math.max(from.length, at.length);
    to.put((byte) length);
    put(to, from, length, client.getPort());
    put(to, at, length, local.getPort());
  }

  /**
   * Reads addresses, IPv4-mapped ones as IPv4.
   *
   * @param from from its position to its limit what {@link #putAddresses} wrote, no more and no
   *     less; big-endian
   * @throws IllegalArgumentException if it is something else
   */
  public static Addresses addresses(ByteBuffer from) {
    int length = from.hasRemaining() ? from.get() : 0;
    if ((length != 4 && length != 16) || from.remaining() != 2 * (length + 2)) {
      throw new IllegalArgumentException(
          "addresses of " + length + " bytes in " + from.remaining() + " bytes");
    }
    return new Addresses(address(from, length), address(from, length));
  }

  private static void put(ByteBuffer to, byte[] address, int length, int port) {
    if (address.length < length) {
      to.putLong(0).putShort((short) 0).putShort((short) 0xffff);
    }
    to.put(address).putShort((short) port);
  }

  private static InetSocketAddress address(ByteBuffer from, int length) {
    byte[] address = new byte[length];
    from.get(address);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), from.getShort() & PORT_MASK);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // Only for other lengths.
    }
  }
}
