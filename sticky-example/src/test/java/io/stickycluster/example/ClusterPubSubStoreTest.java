package io.stickycluster.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.corundumstudio.socketio.protocol.EngineIOVersion;
import com.corundumstudio.socketio.protocol.Packet;
import com.corundumstudio.socketio.protocol.PacketType;
import com.corundumstudio.socketio.store.pubsub.ConnectMessage;
import com.corundumstudio.socketio.store.pubsub.DispatchMessage;
import com.corundumstudio.socketio.store.pubsub.PubSubType;
import io.stickycluster.MessageHandler;
import io.stickycluster.Messages;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Broadcasts on their way between two workers. */
class ClusterPubSubStoreTest {

  private static final ChatRoom.Message SAID =
      new ChatRoom.Message(1, 2, "someone", "Ada", "hello", 1_700_000_000_000L);

  private final Wire wire = new Wire();
  private final ClusterPubSubStore sender = store();
  private final List<DispatchMessage> received = new ArrayList<>();

  ClusterPubSubStoreTest() {
    // The last one to take messages is the receiver.
    store().subscribe(PubSubType.DISPATCH, received::add, DispatchMessage.class);
  }

  @Test
  void aBroadcastArrivesAsItWasSent() {
    sender.publish(PubSubType.DISPATCH, dispatch(SAID));

    assertThat(received).hasSize(1);
    Packet packet = received.get(0).getPacket();
    assertThat(packet.getName()).isEqualTo("message");
    assertThat(packet.<List<Object>>getData()).containsExactly(SAID);
    assertThat(packet.getEngineIOVersion()).isEqualTo(EngineIOVersion.V4);
  }

  @Test
  void aClassThatNobodyNamedIsDropped() {
    sender.publish(PubSubType.DISPATCH, dispatch(new File("/")));
    assertThat(wire.sent).hasSize(1);
    assertThat(received).isEmpty();
  }

  @Test
  void whoIsConnectedStaysWithTheWorker() {
    sender.publish(PubSubType.CONNECT, new ConnectMessage(UUID.randomUUID()));
    assertThat(wire.sent).isEmpty();
  }

  @Test
  void dataThatCannotTravelIsNamed() {
    assertThatThrownBy(() -> sender.publish(PubSubType.DISPATCH, dispatch(new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("isn't Serializable: java.lang.Object");
  }

  @Property(tries = 300)
  void brokenBytesAreDroppedWithoutHarm(
      @ForAll @IntRange(max = 600) int cut, @ForAll int place, @ForAll byte value) {
    sender.publish(PubSubType.DISPATCH, dispatch(SAID));
    byte[] good = wire.sent.get(0);
    byte[] broken = Arrays.copyOf(good, Math.min(cut, good.length));
    if (broken.length > 0) {
      broken[Math.floorMod(place, broken.length)] = value;
    }

    wire.deliver(broken); // Must not throw, whatever comes.
    sender.publish(PubSubType.DISPATCH, dispatch(SAID));

    assertThat(received.get(received.size() - 1).getRoom()).isEqualTo("room");
  }

  private ClusterPubSubStore store() {
    return new ClusterPubSubStore(wire, Set.of(ChatRoom.Message.class));
  }

  private static DispatchMessage dispatch(Object data) {
    Packet packet = new Packet(PacketType.MESSAGE, EngineIOVersion.UNKNOWN);
    packet.setSubType(PacketType.EVENT);
    packet.setName("message");
    packet.setData(Arrays.asList(data));
    return new DispatchMessage("room", packet, "");
  }

  /** Messages that arrive at once, in the same process. */
  private static final class Wire implements Messages {

    private final List<byte[]> sent = new ArrayList<>();
    private MessageHandler handler = (from, payload) -> {};

    void deliver(byte[] payload) {
      handler.onMessage(1, payload);
    }

    @Override
    public CompletionStage<?> send(int index, String name, byte[] payload) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public CompletionStage<?> broadcast(String name, byte[] payload) {
      assertThat(name).isEqualTo(ClusterPubSubStore.MESSAGE);
      sent.add(payload);
      deliver(payload);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onMessage(String name, MessageHandler newHandler) {
      handler = newHandler;
    }
  }
}
