package io.stickycluster.transport.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One client's connection as an {@link NioServer}'s handler sees it. The handler's thread uses it;
 * {@link #isDraining()} may be asked from any thread.
 */
public final class NioConnection {

  private final SocketChannel channel;
  private final long openedNanos = System.nanoTime();
  private volatile InetSocketAddress client = new InetSocketAddress(0);
  private volatile boolean known;
  private volatile boolean waiting;
  private volatile boolean draining;

  NioConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Returns the channel to the client, in blocking mode. Closed when the handler returns. */
  public SocketChannel channel() {
    return channel;
  }

  /** Returns the client's address, as the master saw it or was told it by a trusted proxy. */
  public InetSocketAddress client() {
    return client;
  }

  /**
   * Reads the beginning of the next request. Like the channel's own read, but a drain ends the wait
   * for it; use the channel for the rest of the request, which a drain leaves alone.
   *
   * @return the number of bytes read, or -1 if the client has ended or the server drains
   * @throws IOException if the connection breaks
   */
  public int readRequest(ByteBuffer buffer) throws IOException {
    waiting = true;
    try {
      return draining ? -1 : channel.read(buffer);
    } finally {
      waiting = false;
    }
  }

  /** Returns whether the server wants this connection to end after the request at hand. */
  public boolean isDraining() {
    return draining;
  }

  void knownAs(InetSocketAddress address) {
    client = address;
    known = true;
  }

  /** Returns whether the PROXY protocol header has not come for so long. */
  boolean isUnknownSince(long nanos) {
    return !known && System.nanoTime() - openedNanos > nanos;
  }

  boolean isWaiting() {
    return waiting;
  }

  void drain() {
    draining = true;
    if (waiting) {
      try {
        channel.shutdownInput();
      } catch (IOException e) {
        // Closed at the same moment.
        Closing.quietly(channel);
      }
    }
  }
}
