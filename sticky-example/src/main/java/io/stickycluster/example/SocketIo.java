package io.stickycluster.example;

import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.SocketIOChannelInitializer;
import com.corundumstudio.socketio.SocketIOClient;
import com.corundumstudio.socketio.SocketIONamespace;
import com.corundumstudio.socketio.Transport;
import com.corundumstudio.socketio.listener.ExceptionListenerAdapter;
import com.corundumstudio.socketio.namespace.Namespace;
import com.corundumstudio.socketio.namespace.NamespacesHub;
import com.corundumstudio.socketio.protocol.EngineIOVersion;
import com.corundumstudio.socketio.protocol.JacksonJsonSupport;
import com.corundumstudio.socketio.protocol.Packet;
import com.corundumstudio.socketio.protocol.PacketType;
import com.corundumstudio.socketio.store.StoreFactory;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * netty-socketio without a listening socket of its own: its handlers are added to connections that
 * the worker's server already has.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write means a closed connection.
final class SocketIo extends SocketIOChannelInitializer {

  private static final Logger LOG = LoggerFactory.getLogger(SocketIo.class);
  private static final int MAX_MESSAGE_BYTES = 64 * 1024;
  private static final int PING_INTERVAL_MILLIS = 25_000;
  private static final int PING_TIMEOUT_MILLIS = 20_000;

  /** More than the longest history of the chat; who leaves that much unread doesn't read at all. */
  private static final WriteBufferWaterMark UNREAD =
      new WriteBufferWaterMark(128 * 1024, 512 * 1024);

  private final SocketIONamespace namespace;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /** The factory chooses whether broadcasts reach this worker's clients alone or all. */
  SocketIo(StoreFactory storeFactory) {
    Configuration configuration = configuration();
    configuration.setStoreFactory(storeFactory);
    NamespacesHub namespaces = new NamespacesHub(configuration);
    namespace = namespaces.create(Namespace.DEFAULT_NAME);
    start(configuration, namespaces);
  }

  /** Returns where listeners for events are added. */
  SocketIONamespace namespace() {
    return namespace;
  }

  /** Adds Socket.IO to the end of a pipeline that already speaks HTTP. */
  void install(ChannelHandlerContext ctx) {
    handlerAdded(ctx); // Tells its scheduler about an event loop.
    connections.add(ctx.channel());
    ChannelPipeline pipeline = ctx.pipeline();
    addSocketioHandlers(pipeline);
    pipeline.remove(HTTP_REQUEST_DECODER);
    pipeline.remove(HTTP_ENCODER);
    ctx.channel().config().setWriteBufferWaterMark(UNREAD);
    pipeline.addFirst(new SlowReaderCloser());
  }

  /** Tells every client to come back on a new connection, which another process will serve. */
  void sayGoodbye() {
    for (SocketIOClient client : namespace.getAllClients()) {
      if (client.getTransport() == Transport.POLLING) {
        client.send(new Packet(PacketType.CLOSE, EngineIOVersion.V4));
      }
    }
    for (Channel connection : connections) {
      if (connection.pipeline().get(WebSocket13FrameEncoder.class) != null) {
        connection
            .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.SERVICE_RESTART))
            .addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.setJsonSupport(new JacksonJsonSupport());
    configuration.setExceptionListener(new ClosingListener());
    configuration.setPingInterval(PING_INTERVAL_MILLIS);
    configuration.setPingTimeout(PING_TIMEOUT_MILLIS);
    configuration.setMaxHttpContentLength(MAX_MESSAGE_BYTES);
    configuration.setMaxFramePayloadLength(MAX_MESSAGE_BYTES);
    // A new session id for each session: else a browser's cookie chooses it.
    configuration.setRandomSession(true);
    configuration.setEnableCors(false);
    configuration.setAddVersionHeader(false);
    // Small messages gain nothing, and an inflated one could be of any size.
    configuration.setHttpCompression(false);
    configuration.setWebsocketCompression(false);
    return configuration;
  }

  /** Closes a connection whose client doesn't read: what it is sent would fill our memory. */
  private static final class SlowReaderCloser extends ChannelInboundHandlerAdapter {

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (!ctx.channel().isWritable()) {
        LOG.debug("Closing {}: it doesn't read", ctx.channel());
        ctx.close();
      }
      ctx.fireChannelWritabilityChanged();
    }
  }

  /** Ends connections that break the protocol; the client starts anew. */
  private static final class ClosingListener extends ExceptionListenerAdapter {

    @Override
    public boolean exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("Closing {}", ctx.channel(), cause);
      ctx.close();
      return true;
    }

    @Override
    public void onEventException(Exception e, List<Object> args, SocketIOClient client) {
      report(e);
    }

    @Override
    public void onConnectException(Exception e, SocketIOClient client) {
      report(e);
    }

    @Override
    public void onDisconnectException(Exception e, SocketIOClient client) {
      report(e);
    }

    @Override
    public void onAuthException(Throwable e, SocketIOClient client) {
      report(e);
    }

    private static void report(Throwable e) {
      LOG.warn("A Socket.IO listener failed: {}", e.toString(), e);
    }
  }
}
