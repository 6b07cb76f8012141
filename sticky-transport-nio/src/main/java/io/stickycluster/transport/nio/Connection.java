package io.stickycluster.transport.nio;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection that reached a worker, as its loop keeps it. */
abstract class Connection implements Loop.Handler {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private int place;
  private int activeSeconds;

  /** Returns where the connection stands in its loop's list. */
  final int place() {
    return place;
  }

  final void setPlace(int newPlace) {
    place = newPlace;
  }

  /** Notes that bytes moved. */
  final void active(int nowSeconds) {
    activeSeconds = nowSeconds;
  }

  final void closeIfSilent(int nowSeconds, int idleSeconds, int halfClosedSeconds) {
    int silent = nowSeconds - activeSeconds;
    if (silent >= (isWorkerDone() ? halfClosedSeconds : idleSeconds)) {
      log.debug("connection closed after {} silent seconds", silent);
      close();
    }
  }

  /** Returns whether the worker sends no more. */
  abstract boolean isWorkerDone();

  /** The client has not been over and done with soon: wait for it like for others. */
  abstract void settle();

  /** Closes the client's side and lets the worker know. */
  abstract void close();
}
