package io.stickycluster.example;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.stickycluster.StickyCluster;

/**
 * Sets what is logged and how: one line each on standard error. Found by Logback when the first
 * logger is made; code instead of a file of XML, whose reader would slow every worker's start.
 */
public final class Logs extends ContextAwareBase implements Configurator {

  private static volatile boolean debug;

  /** For Logback. */
  public Logs() {}

  /** Chooses how much is logged; to be called before anything is. */
  static void setDebug(boolean debug) {
    Logs.debug = debug;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(
        "%d{HH:mm:ss.SSS} %-5level [" + processName() + "] %msg%n" + (debug ? "%ex" : "%nopex"));
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("io.stickycluster").setLevel(debug ? Level.DEBUG : Level.INFO);
    // It logs every mistake of a client as an error.
    context.getLogger("com.corundumstudio.socketio").setLevel(debug ? Level.DEBUG : Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static String processName() {
    if (!StickyCluster.isWorker()) {
      return "master";
    }
    String index = System.getenv(ChatProgram.INDEX_VARIABLE);
    return index == null ? "worker" : "worker " + index;
  }
}
