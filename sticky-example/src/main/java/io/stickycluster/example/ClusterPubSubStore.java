package io.stickycluster.example;

import com.corundumstudio.socketio.protocol.EngineIOVersion;
import com.corundumstudio.socketio.protocol.Packet;
import com.corundumstudio.socketio.protocol.PacketType;
import com.corundumstudio.socketio.store.pubsub.DispatchMessage;
import com.corundumstudio.socketio.store.pubsub.PubSubListener;
import com.corundumstudio.socketio.store.pubsub.PubSubMessage;
import com.corundumstudio.socketio.store.pubsub.PubSubStore;
import com.corundumstudio.socketio.store.pubsub.PubSubType;
import io.stickycluster.Messages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries netty-socketio's broadcasts between the workers. Safe for use by several threads.
 *
 * <p>Only dispatches travel. Who is connected and in which room, netty-socketio would tell, too;
 * but every worker knows its own clients' rooms, which is all it needs to serve a broadcast, and
 * what a worker told of its clients nobody would take back when it dies.
 */
final class ClusterPubSubStore implements PubSubStore {

  /** The name of the cluster's messages that carry dispatches. */
  static final String MESSAGE = "netty-socketio:dispatch";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterPubSubStore.class);
  private static final int MAX_DEPTH = 32;

  /** A broadcast's own classes, and the plain values of its data. */
  private static final Set<Class<?>> TYPES =
      Set.of(
          DispatchMessage.class,
          PubSubMessage.class,
          Packet.class,
          PacketType.class,
          EngineIOVersion.class,
          Enum.class,
          Collections.emptyList().getClass(),
          Arrays.asList().getClass(),
          Object.class,
          Number.class,
          Long.class,
          Integer.class,
          Double.class,
          Boolean.class,
          String.class,
          UUID.class);

  private final Messages messages;
  private final ObjectInputFilter filter;
  private final AtomicReference<@Nullable PubSubListener<DispatchMessage>> listener =
      new AtomicReference<>();

  ClusterPubSubStore(Messages messages, Set<Class<? extends Serializable>> dataTypes) {
    this.messages = messages;
    Set<Class<?>> admitted = new HashSet<>(TYPES);
    admitted.addAll(dataTypes);
    filter = info -> judge(info, admitted);
    messages.onMessage(MESSAGE, (sender, payload) -> receive(sender, payload));
  }

  /**
   * Sends a dispatch to every other worker.
   *
   * @throws IllegalArgumentException if its data can't be serialized, or is larger than {@link
   *     Messages#MAX_PAYLOAD_BYTES}; this worker's own clients have it then
   */
  @Override
  @SuppressWarnings(
      "FutureReturnValueIgnored") // Workers that fall behind are the cluster's matter.
  public void publish(PubSubType type, PubSubMessage message) {
    if (type != PubSubType.DISPATCH) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(message);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "other workers don't get a broadcast whose data isn't Serializable: " + e.getMessage(),
          e);
    }
    messages.broadcast(MESSAGE, bytes.toByteArray());
  }

  private void receive(int sender, byte[] payload) {
    PubSubListener<DispatchMessage> receiver = listener.get();
    if (receiver == null) {
      return;
    }
    try {
      DispatchMessage message = read(payload);
      // Until it has gone to a client, a packet is of no version; others than 4 we don't admit.
      message.getPacket().setEngineIOVersion(EngineIOVersion.V4);
      receiver.onMessage(message);
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      LOG.warn("Dropped a broadcast of worker {}: {}", sender, e.toString());
    }
  }

  private DispatchMessage read(byte[] payload) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(payload))) {
      in.setObjectInputFilter(filter);
      return (DispatchMessage) in.readObject();
    }
  }

  private static ObjectInputFilter.Status judge(
      ObjectInputFilter.FilterInfo info, Set<Class<?>> admitted) {
    if (info.depth() > MAX_DEPTH || info.arrayLength() > Messages.MAX_PAYLOAD_BYTES) {
      return ObjectInputFilter.Status.REJECTED;
    }
    Class<?> type = info.serialClass();
    if (type == null) {
      return ObjectInputFilter.Status.UNDECIDED;
    }
    while (type.isArray()) {
      type = type.getComponentType();
    }
    return type.isPrimitive() || admitted.contains(type)
        ? ObjectInputFilter.Status.ALLOWED
        : ObjectInputFilter.Status.REJECTED;
  }

  @Override
  public <T extends PubSubMessage> void subscribe(
      PubSubType type, PubSubListener<T> receiver, Class<T> messageType) {
    if (type == PubSubType.DISPATCH) {
      listener.set(message -> receiver.onMessage(messageType.cast(message)));
    }
  }

  @Override
  public void unsubscribe(PubSubType type) {
    if (type == PubSubType.DISPATCH) {
      listener.set(null);
    }
  }

  @Override
  public void shutdown() {
    listener.set(null);
  }
}
