package io.stickycluster.transport.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DefaultSocketChannelConfig;
import io.stickycluster.spi.TrunkFrame;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.util.Set;

/**
 * The options of a {@link StreamChannel}. Those of sockets have no effect, so that one program runs
 * on every road.
 */
final class StreamConfig extends DefaultSocketChannelConfig {

  private static final Socket NONE = none();

  /** The options that {@link DefaultSocketChannelConfig} doesn't know but the other roads do. */
  private static final Set<ChannelOption<?>> OF_EPOLL =
      Set.of(
          EpollChannelOption.TCP_CORK,
          EpollChannelOption.TCP_QUICKACK,
          EpollChannelOption.TCP_KEEPIDLE,
          EpollChannelOption.TCP_KEEPINTVL,
          EpollChannelOption.TCP_KEEPCNT,
          EpollChannelOption.TCP_USER_TIMEOUT);

  StreamConfig(StreamChannel channel) {
    super(channel, NONE);
  }

  @Override
  protected void autoReadCleared() {
    ((StreamChannel) channel).clearRead();
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    return OF_EPOLL.contains(option) || super.setOption(option, value);
  }

  private static Socket none() {
    try {
      return new NoSocket();
    } catch (SocketException e) {
      throw new IllegalStateException(e); // There is no socket that could fail.
    }
  }

  /** Takes every option and does nothing. */
  private static final class NoSocket extends Socket {

    NoSocket() throws SocketException {
      super((SocketImpl) null);
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
      return true;
    }

    @Override
    public void setSoLinger(boolean on, int seconds) {}

    @Override
    public int getSoLinger() {
      return -1;
    }

    @Override
    public void setSendBufferSize(int bytes) {}

    @Override
    public int getSendBufferSize() {
      return TrunkFrame.WINDOW_BYTES;
    }

    @Override
    public void setReceiveBufferSize(int bytes) {}

    @Override
    public int getReceiveBufferSize() {
      return TrunkFrame.WINDOW_BYTES;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
      return false;
    }

    @Override
    public void setTrafficClass(int trafficClass) {}

    @Override
    public int getTrafficClass() {
      return 0;
    }

    @Override
    public void setReuseAddress(boolean on) {}

    @Override
    public boolean getReuseAddress() {
      return false;
    }
  }
}
