package io.stickycluster.internal.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a master tells a worker by its environment: who it is and where the control link is.
 *
 * @param control the path of the control socket
 * @param token the secret that proves the worker to the master, good for one use
 * @param index the worker's index
 * @param id the worker's id
 * @param masterPid the master's process id
 */
public record WorkerEnvironment(Path control, String token, int index, long id, long masterPid) {

  /** How the names of the framework's own variables start. */
  public static final String RESERVED = "STICKYCLUSTER_";

  private static final String CONTROL = RESERVED + "CONTROL";
  private static final String TOKEN = RESERVED + "TOKEN";
  private static final String INDEX = RESERVED + "INDEX";
  private static final String ID = RESERVED + "ID";
  private static final String MASTER = RESERVED + "MASTER_PID";

  /** Returns the variables that say this. */
  public Map<String, String> toMap() {
    return Map.of(
        CONTROL, control.toString(),
        TOKEN, token,
        INDEX, Integer.toString(index),
        ID, Long.toString(id),
        MASTER, Long.toString(masterPid));
  }

  /**
   * Returns what this process's own environment says, or empty if no master forked it. A program
   * that a worker starts inherits the variables, but isn't the master's child and so no worker.
   */
  public static Optional<WorkerEnvironment> current() {
    Optional<WorkerEnvironment> said = parse(System.getenv());
    return said.filter(WorkerEnvironment::isMeant);
  }

  static Optional<WorkerEnvironment> parse(Map<String, String> variables) {
    String control = variables.get(CONTROL);
    String token = variables.get(TOKEN);
    String index = variables.get(INDEX);
    String id = variables.get(ID);
    String master = variables.get(MASTER);
    if (control == null || token == null || index == null || id == null || master == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new WorkerEnvironment(
              Path.of(control),
              token,
              Integer.parseInt(index),
              Long.parseLong(id),
              Long.parseLong(master)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Holds for the master's children, and for orphans whose master died while they started. */
  private boolean isMeant() {
    long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    return parent == masterPid || ProcessHandle.of(masterPid).isEmpty();
  }
}
