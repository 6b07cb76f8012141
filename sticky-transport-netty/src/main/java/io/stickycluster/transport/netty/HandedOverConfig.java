package io.stickycluster.transport.netty;

import static io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE;
import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_KEEPALIVE;
import static io.netty.channel.ChannelOption.SO_LINGER;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;
import static io.netty.channel.ChannelOption.TCP_NODELAY;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannelConfig;
import java.io.IOException;
import java.util.Map;

/** The options of a {@link HandedOverChannel}. */
final class HandedOverConfig extends EpollChannelConfig implements SocketChannelConfig {

  private static final int IPPROTO_TCP = 6;

  /** Options of TCP whose value is an int, by their number in netinet/tcp.h. */
  private static final Map<ChannelOption<Integer>, Integer> TCP_NUMBERS =
      Map.of(
          EpollChannelOption.TCP_KEEPIDLE, 4,
          EpollChannelOption.TCP_KEEPINTVL, 5,
          EpollChannelOption.TCP_KEEPCNT, 6,
          EpollChannelOption.TCP_USER_TIMEOUT, 18);

  /** Options of TCP that are on or off, by their number in netinet/tcp.h. */
  private static final Map<ChannelOption<Boolean>, Integer> TCP_SWITCHES =
      Map.of(
          EpollChannelOption.TCP_CORK, 3,
          EpollChannelOption.TCP_QUICKACK, 12);

  private volatile boolean allowHalfClosure;

  HandedOverConfig(HandedOverChannel channel) {
    super(channel);
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    return getOptions(
        super.getOptions(),
        SO_RCVBUF,
        SO_SNDBUF,
        TCP_NODELAY,
        SO_KEEPALIVE,
        SO_REUSEADDR,
        SO_LINGER,
        IP_TOS,
        ALLOW_HALF_CLOSURE);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> T getOption(ChannelOption<T> option) {
    Object value;
    if (option.equals(SO_RCVBUF)) {
      value = getReceiveBufferSize();
    } else if (option.equals(SO_SNDBUF)) {
      value = getSendBufferSize();
    } else if (option.equals(TCP_NODELAY)) {
      value = isTcpNoDelay();
    } else if (option.equals(SO_KEEPALIVE)) {
      value = isKeepAlive();
    } else if (option.equals(SO_REUSEADDR)) {
      value = isReuseAddress();
    } else if (option.equals(SO_LINGER)) {
      value = getSoLinger();
    } else if (option.equals(IP_TOS)) {
      value = getTrafficClass();
    } else if (option.equals(ALLOW_HALF_CLOSURE)) {
      value = isAllowHalfClosure();
    } else {
      value = super.getOption(option);
    }
    return (T) value;
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    validate(option, value);
    if (option.equals(SO_RCVBUF)) {
      setReceiveBufferSize((Integer) value);
    } else if (option.equals(SO_SNDBUF)) {
      setSendBufferSize((Integer) value);
    } else if (option.equals(TCP_NODELAY)) {
      setTcpNoDelay((Boolean) value);
    } else if (option.equals(SO_KEEPALIVE)) {
      setKeepAlive((Boolean) value);
    } else if (option.equals(SO_REUSEADDR)) {
      setReuseAddress((Boolean) value);
    } else if (option.equals(SO_LINGER)) {
      setSoLinger((Integer) value);
    } else if (option.equals(IP_TOS)) {
      setTrafficClass((Integer) value);
    } else if (option.equals(ALLOW_HALF_CLOSURE)) {
      setAllowHalfClosure((Boolean) value);
    } else if (TCP_NUMBERS.containsKey(option)) {
      setTcp(TCP_NUMBERS.get(option), (Integer) value);
    } else if (TCP_SWITCHES.containsKey(option)) {
      setTcp(TCP_SWITCHES.get(option), (Boolean) value ? 1 : 0);
    } else {
      return super.setOption(option, value);
    }
    return true;
  }

  @Override
  public boolean isTcpNoDelay() {
    return get(() -> socket().isTcpNoDelay());
  }

  @Override
  public SocketChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
    return set(() -> socket().setTcpNoDelay(tcpNoDelay));
  }

  @Override
  public int getSoLinger() {
    return get(() -> socket().getSoLinger());
  }

  @Override
  public SocketChannelConfig setSoLinger(int soLinger) {
    return set(() -> socket().setSoLinger(soLinger));
  }

  @Override
  public int getSendBufferSize() {
    return get(() -> socket().getSendBufferSize());
  }

  @Override
  public SocketChannelConfig setSendBufferSize(int sendBufferSize) {
    return set(() -> socket().setSendBufferSize(sendBufferSize));
  }

  @Override
  public int getReceiveBufferSize() {
    return get(() -> socket().getReceiveBufferSize());
  }

  @Override
  public SocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
    return set(() -> socket().setReceiveBufferSize(receiveBufferSize));
  }

  @Override
  public boolean isKeepAlive() {
    return get(() -> socket().isKeepAlive());
  }

  @Override
  public SocketChannelConfig setKeepAlive(boolean keepAlive) {
    return set(() -> socket().setKeepAlive(keepAlive));
  }

  @Override
  public int getTrafficClass() {
    return get(() -> socket().getTrafficClass());
  }

  @Override
  public SocketChannelConfig setTrafficClass(int trafficClass) {
    return set(() -> socket().setTrafficClass(trafficClass));
  }

  @Override
  public boolean isReuseAddress() {
    return get(() -> socket().isReuseAddress());
  }

  @Override
  public SocketChannelConfig setReuseAddress(boolean reuseAddress) {
    return set(() -> socket().setReuseAddress(reuseAddress));
  }

  @Override
  public SocketChannelConfig setPerformancePreferences(
      int connectionTime, int latency, int bandwidth) {
    return this;
  }

  @Override
  public boolean isAllowHalfClosure() {
    return allowHalfClosure;
  }

  @Override
  public SocketChannelConfig setAllowHalfClosure(boolean allow) {
    allowHalfClosure = allow;
    return this;
  }

  @Override
  public HandedOverConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
    super.setConnectTimeoutMillis(connectTimeoutMillis);
    return this;
  }

  @Override
  @Deprecated
  public HandedOverConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
    super.setMaxMessagesPerRead(maxMessagesPerRead);
    return this;
  }

  @Override
  public HandedOverConfig setWriteSpinCount(int writeSpinCount) {
    super.setWriteSpinCount(writeSpinCount);
    return this;
  }

  @Override
  public HandedOverConfig setAllocator(ByteBufAllocator allocator) {
    super.setAllocator(allocator);
    return this;
  }

  @Override
  public HandedOverConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
    super.setRecvByteBufAllocator(allocator);
    return this;
  }

  @Override
  public HandedOverConfig setAutoRead(boolean autoRead) {
    super.setAutoRead(autoRead);
    return this;
  }

  @Override
  public HandedOverConfig setAutoClose(boolean autoClose) {
    super.setAutoClose(autoClose);
    return this;
  }

  @Override
  public HandedOverConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
    super.setMessageSizeEstimator(estimator);
    return this;
  }

  @Override
  public HandedOverConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
    super.setWriteBufferWaterMark(waterMark);
    return this;
  }

  private void setTcp(int number, int value) {
    set(() -> socket().setIntOpt(IPPROTO_TCP, number, value));
  }

  private HandedOverConfig set(Setter setter) {
    try {
      setter.run();
      return this;
    } catch (IOException e) {
      throw new ChannelException(e);
    }
  }

  private static <T> T get(Getter<T> getter) {
    try {
      return getter.get();
    } catch (IOException e) {
      throw new ChannelException(e);
    }
  }

  private interface Setter {
    void run() throws IOException;
  }

  private interface Getter<T> {
    T get() throws IOException;
  }
}
