package io.stickycluster.transport.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers with another handler at the event loop's next turn. A connection that is served and
 * closed within the turn in which it arrived, as with one short request, is never registered at
 * all, which saves two system calls.
 *
 * <p>Used on its event loop's thread only, but for {@link #wakeup}.
 */
final class DeferringIoHandler implements IoHandler {

  private static final Logger LOG = LoggerFactory.getLogger(DeferringIoHandler.class);

  private final IoHandler handler;
  private List<Deferred> arrived = new ArrayList<>();
  private List<Deferred> spare = new ArrayList<>();

  private DeferringIoHandler(IoHandler handler) {
    this.handler = handler;
  }

  /** Returns a factory of such handlers, each before one of another factory. */
  static IoHandlerFactory before(IoHandlerFactory factory) {
    return executor -> new DeferringIoHandler(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    handler.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    registerArrived();
    return handler.run(context);
  }

  @Override
  public void prepareToDestroy() {
    registerArrived();
    handler.prepareToDestroy();
  }

  @Override
  public void destroy() {
    handler.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) {
    Deferred registration = new Deferred(handle);
    arrived.add(registration);
    return registration;
  }

  @Override
  public void wakeup() {
    handler.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }

  private void registerArrived() {
    if (arrived.isEmpty()) {
      return;
    }
    List<Deferred> due = arrived;
    arrived = spare;
    spare = due;
    for (Deferred registration : due) {
      registration.registerOrClose();
    }
    due.clear();
  }

  /** A registration that may not have been made yet. */
  private final class Deferred implements IoRegistration {

    private final IoHandle handle;
    private @Nullable IoRegistration made;
    private @Nullable IoOps ops;
    private boolean cancelled;

    Deferred(IoHandle handle) {
      this.handle = handle;
    }

    void registerOrClose() {
      try {
        if (!cancelled) {
          make();
        }
      } catch (Exception e) {
        LOG.warn("can't watch a connection: {}", e.toString());
        close();
      }
    }

    private void close() {
      try {
        handle.close();
      } catch (Exception e) {
        LOG.debug("closing what can't be watched: {}", e.toString());
      }
    }

    private IoRegistration make() throws Exception {
      IoRegistration now = made;
      if (now == null) {
        now = handler.register(handle);
        made = now;
        if (ops != null) {
          now.submit(ops);
        }
      }
      return now;
    }

    /** What the other handler attaches, which is there only once it knows the handle. */
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's interface
    public <T> T attachment() {
      try {
        return make().attachment();
      } catch (Exception e) {
        throw new IllegalStateException("can't watch a connection", e);
      }
    }

    @Override
    public long submit(IoOps wanted) {
      if (made != null) {
        return made.submit(wanted);
      }
      ops = wanted;
      return cancelled ? -1 : 0;
    }

    @Override
    public boolean isValid() {
      return made == null ? !cancelled : made.isValid();
    }

    @Override
    public boolean cancel() {
      if (made != null) {
        return made.cancel();
      }
      boolean first = !cancelled;
      cancelled = true;
      return first;
    }
  }
}
