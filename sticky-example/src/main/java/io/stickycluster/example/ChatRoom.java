package io.stickycluster.example;

import com.corundumstudio.socketio.AckRequest;
import com.corundumstudio.socketio.SocketIOClient;
import com.corundumstudio.socketio.SocketIONamespace;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The chat of one worker: who is there and what was said here last, in this process's memory alone.
 * What is said goes to everybody, whichever worker they are on. Safe for use by several threads.
 *
 * <p>Clients send {@code who}, {@code join} with a name, {@code leave} and {@code message} with a
 * text, and are answered by acknowledgement. They are sent {@code welcome}, {@code people} and
 * {@code message}.
 */
final class ChatRoom {

  /** The longest name, in characters. */
  static final int MAX_NAME_CHARS = 24;

  /** The longest message, in characters. */
  static final int MAX_TEXT_CHARS = 500;

  /** How many messages are kept for those who join later. */
  static final int MAX_HISTORY = 50;

  /** How many people a list of them names. */
  static final int MAX_LISTED = 200;

  private static final long PEOPLE_INTERVAL_MILLIS = 100;

  private final WhoAmI whoAmI;
  private final SocketIONamespace namespace;
  private final AtomicBoolean tellingSoon = new AtomicBoolean();
  private final Object lock = new Object();
  private final Map<UUID, Member> members = new LinkedHashMap<>(); // guarded by lock
  private final Deque<Message> history = new ArrayDeque<>(); // guarded by lock
  private long messages; // guarded by lock

  /**
   * Someone in the room.
   *
   * @param id the id of the session
   * @param name the name chosen at joining, or null for one who only watches
   * @param address the client's address as this worker sees it
   */
  record Member(String id, @Nullable String name, String address) {}

  /**
   * What someone said.
   *
   * @param number counts the messages of a worker process from 1
   * @param worker the index of the worker it was said on
   * @param from the id of the speaker's session
   * @param name the speaker's name
   * @param text what was said
   * @param at when, in milliseconds since the epoch
   */
  record Message(long number, int worker, String from, String name, String text, long at)
      implements Serializable {}

  /**
   * Who is in the room.
   *
   * @param joined those with a name, at most {@value #MAX_LISTED}
   * @param named how many have a name
   * @param watching how many have none
   */
  record People(List<Member> joined, int named, int watching) {}

  /**
   * What a client is told when it comes.
   *
   * @param whoAmI which worker it has come to
   * @param you the client
   */
  record Welcome(WhoAmI whoAmI, Member you) {}

  /**
   * The answer to {@code join}, {@code leave} and {@code message}.
   *
   * @param error what is wrong, or null
   * @param name the name as it was taken, or null
   * @param history what was said last, for those who join
   */
  record Answer(@Nullable String error, @Nullable String name, List<Message> history) {
    static Answer done() {
      return new Answer(null, null, List.of());
    }

    static Answer refused(String error) {
      return new Answer(error, null, List.of());
    }
  }

  ChatRoom(WhoAmI whoAmI, SocketIONamespace namespace) {
    this.whoAmI = whoAmI;
    this.namespace = namespace;
  }

  /** Begins to listen to clients. */
  void open() {
    namespace.addConnectListener(this::onConnect);
    namespace.addDisconnectListener(this::onDisconnect);
    namespace.addEventListener("who", Object.class, (client, data, ack) -> onWho(ack));
    namespace.addEventListener(
        "join", String.class, (client, name, ack) -> answer(ack, join(client, name)));
    namespace.addEventListener(
        "leave", Object.class, (client, data, ack) -> answer(ack, leave(client)));
    namespace.addEventListener(
        "message", String.class, (client, text, ack) -> answer(ack, say(client, text)));
  }

  private void onWho(AckRequest ack) {
    answer(ack, "worker=" + whoAmI.worker());
  }

  private void onConnect(SocketIOClient client) {
    Member you = newcomer(client);
    synchronized (lock) {
      members.put(client.getSessionId(), you);
    }
    client.sendEvent("welcome", new Welcome(whoAmI, you));
    tellPeopleSoon();
  }

  private void onDisconnect(SocketIOClient client) {
    synchronized (lock) {
      if (members.remove(client.getSessionId()) == null) {
        return;
      }
    }
    tellPeopleSoon();
  }

  private Answer join(SocketIOClient client, @Nullable String wanted) {
    Optional<String> name = clean(wanted, MAX_NAME_CHARS);
    if (name.isEmpty()) {
      return Answer.refused("a name has 1 to " + MAX_NAME_CHARS + " characters");
    }
    List<Message> said;
    synchronized (lock) {
      Member watching = members.get(client.getSessionId());
      if (watching == null) {
        return Answer.refused("this session has ended");
      }
      members.put(client.getSessionId(), new Member(watching.id(), name.get(), watching.address()));
      said = new ArrayList<>(history);
    }
    tellPeopleSoon();
    return new Answer(null, name.get(), said);
  }

  private Answer leave(SocketIOClient client) {
    synchronized (lock) {
      members.replace(client.getSessionId(), newcomer(client));
    }
    tellPeopleSoon();
    return Answer.done();
  }

  private Answer say(SocketIOClient client, @Nullable String wanted) {
    Optional<String> text = clean(wanted, MAX_TEXT_CHARS);
    if (text.isEmpty()) {
      return Answer.refused("a message has 1 to " + MAX_TEXT_CHARS + " characters");
    }
    Message message;
    synchronized (lock) {
      Member member = members.get(client.getSessionId());
      if (member == null || member.name() == null) {
        return Answer.refused("join first, with a name");
      }
      messages++;
      message =
          new Message(
              messages,
              whoAmI.worker(),
              member.id(),
              member.name(),
              text.get(),
              System.currentTimeMillis());
      history.addLast(message);
      if (history.size() > MAX_HISTORY) {
        history.removeFirst();
      }
    }
    namespace.getBroadcastOperations().sendEvent("message", message);
    return Answer.done();
  }

  /**
   * Tells everybody who is here, but not more often than every {@value #PEOPLE_INTERVAL_MILLIS} ms:
   * netty-socketio loses a packet of a polling client for which more are queued than one answer
   * carries, as when many clients come at once and each of them is announced to all.
   */
  private void tellPeopleSoon() {
    if (tellingSoon.compareAndSet(false, true)) {
      var unused =
          GlobalEventExecutor.INSTANCE.schedule(
              this::tellPeople, PEOPLE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tellPeople() {
    tellingSoon.set(false);
    List<Member> joined;
    int all;
    synchronized (lock) {
      joined = members.values().stream().filter(member -> member.name() != null).toList();
      all = members.size();
    }
    List<Member> listed = joined.subList(0, Math.min(joined.size(), MAX_LISTED));
    People people = new People(listed, joined.size(), all - joined.size());
    for (SocketIOClient client : namespace.getAllClients()) {
      client.sendEvent("people", people);
    }
  }

  private static Member newcomer(SocketIOClient client) {
    return new Member(
        client.getSessionId().toString(), null, ClientAddress.text(client.getRemoteAddress()));
  }

  /** Returns a text without control characters and blank edges, unless it is empty or too long. */
  static Optional<String> clean(@Nullable String text, int maxChars) {
    if (text == null || text.length() > 4 * maxChars) {
      return Optional.empty();
    }
    String clean = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return clean.isEmpty() || clean.codePointCount(0, clean.length()) > maxChars
        ? Optional.empty()
        : Optional.of(clean);
  }

  private static void answer(AckRequest ack, Object answer) {
    if (ack.isAckRequested()) {
      ack.sendAckData(answer);
    }
  }
}
