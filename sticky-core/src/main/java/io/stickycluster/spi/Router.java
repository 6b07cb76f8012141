package io.stickycluster.spi;

import java.util.Optional;

/**
 * The step key → hash → index, as the cluster's options say it. Transports ask it for every
 * connection they steer themselves.
 *
 * <p>Safe for use by several threads; does not allocate per call and never throws: a strategy or
 * balancer that throws or answers nonsense is reported once, counted, and answered by index 0.
 */
public interface Router {

  /** Returns the number of workers, at least 1. */
  int workers();

  /**
   * Returns the index for a client told by its address.
   *
   * @param address holds 4 or 16 bytes in network order; IPv4-mapped IPv6 counts as IPv4
   * @param offset the index of the first byte
   * @param length 4 or 16; any other number of bytes, such as none for an unknown address, is
   *     hashed as it is
   */
  int indexOfAddress(byte[] address, int offset, int length);

  /**
   * Returns the index for a client told by text from its first request, such as a cookie.
   *
   * @param key holds the text
   * @param offset the index of the first byte
   * @param length the number of bytes, possibly 0
   */
  int indexOfText(byte[] key, int offset, int length);

  /**
   * Returns address → index as a program for the kernel, or empty if {@link #steeringObstacle()}
   * stands against it.
   *
   * @param addressLength 4 for IPv4, 16 for IPv6
   */
  Optional<SteeringProgram> steering(int addressLength);

  /** Returns why the kernel can't steer, in one sentence, or empty if it can. */
  Optional<String> steeringObstacle();
}
