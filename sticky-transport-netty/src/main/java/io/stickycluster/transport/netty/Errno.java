package io.stickycluster.transport.netty;

import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;

/** Linux error numbers that this transport has to tell apart, from errno.h. */
final class Errno {

  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int EMSGSIZE = 90;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;
  static final int ECONNABORTED = 103;
  static final int ENOBUFS = 105;
  static final int ETOOMANYREFS = 109;

  private Errno() {}

  /**
   * Loads the classes that a shortage needs: without a descriptor left, no class file can be opened
   * any more.
   */
  static void prepare() {
    if (!isShortage(Errors.newIOException("prepare", -EMFILE))) {
      throw new AssertionError("EMFILE is a shortage");
    }
  }

  /** Returns the error number behind an exception, or 0 if it has none. */
  static int of(IOException e) {
    return e instanceof NativeIoException nativeError ? -nativeError.expectedErr() : 0;
  }

  /** Returns whether an error says that the process or the machine is short of something. */
  static boolean isShortage(IOException e) {
    return switch (of(e)) {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM -> true;
      default -> false;
    };
  }
}
