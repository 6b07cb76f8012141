package io.stickycluster.example;

import com.corundumstudio.socketio.store.MemoryStore;
import com.corundumstudio.socketio.store.Store;
import com.corundumstudio.socketio.store.pubsub.BaseStoreFactory;
import com.corundumstudio.socketio.store.pubsub.PubSubStore;
import io.stickycluster.Messages;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets netty-socketio's broadcasts reach the clients of every worker over the cluster's messages.
 * Sessions stay in the worker's memory, where its clients come back to. Safe for use by several
 * threads.
 */
final class ClusterStoreFactory extends BaseStoreFactory {

  private final PubSubStore pubSub;

  /**
   * Makes one for a worker.
   *
   * @param messages the worker's messages
   * @param dataTypes the program's own classes that broadcasts hold
   */
  ClusterStoreFactory(Messages messages, Set<Class<? extends Serializable>> dataTypes) {
    this.pubSub = new ClusterPubSubStore(messages, dataTypes);
  }

  @Override
  public PubSubStore pubSubStore() {
    return pubSub;
  }

  @Override
  public Store createStore(UUID sessionId) {
    return new MemoryStore();
  }

  @Override
  public <K, V> Map<K, V> createMap(String name) {
    return new ConcurrentHashMap<>();
  }

  @Override
  public void shutdown() {
    pubSub.shutdown();
  }
}
