package io.stickycluster.example;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which worker this is, as told to its clients.
 *
 * @param worker the worker's index
 * @param id the worker's id, new with every process
 * @param pid the worker's process id
 * @param env the variables that the cluster's {@code env} function set, as this process sees them
 */
record WhoAmI(int worker, long id, long pid, Map<String, String> env) {

  /** Returns these variables as they stand in this process's environment. */
  static Map<String, String> environment(Collection<String> names) {
    Map<String, String> found = new TreeMap<>();
    for (String name : names) {
      String value = System.getenv(name);
      if (value != null) {
        found.put(name, value);
      }
    }
    return found;
  }
}
