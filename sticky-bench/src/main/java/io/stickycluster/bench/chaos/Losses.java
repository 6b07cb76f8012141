package io.stickycluster.bench.chaos;

import io.stickycluster.bench.chaos.History.Death;
import io.stickycluster.bench.chaos.Tally.Failure;
import io.stickycluster.bench.chaos.Tally.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sorts the requests that went wrong by whether that was allowed: only a connection that a killed
 * process had in hand may be cut.
 */
final class Losses {

  /**
   * How many connections a process may have taken without a trace when it dies: what it accepts, or
   * is handed, in one turn of its event loop.
   */
  static final int ONE_TURN = 32;

  private final List<Failure> refused = new ArrayList<>();
  private final List<Failure> moved = new ArrayList<>();
  private final List<Failure> otherwise = new ArrayList<>();
  private final Map<Death, Integer> untraced = new HashMap<>();
  private int inHand;

  private Losses() {}

  /**
   * Sorts failures.
   *
   * @param records where the workers noted the connections they took
   */
  static Losses sort(List<Failure> failures, History history, Path records) throws IOException {
    Map<Long, Set<String>> taken = new HashMap<>();
    for (Death death : history.deaths()) {
      taken.put(death.pid(), AcceptRecord.read(records, death.pid()));
    }
    Losses losses = new Losses();
    for (Failure failure : failures) {
      losses.add(failure, history, taken);
    }
    return losses;
  }

  private void add(Failure failure, History history, Map<Long, Set<String>> taken) {
    switch (failure.kind()) {
      case REFUSED -> refused.add(failure);
      case MOVED -> moved.add(failure);
      case HUNG, WRONG -> otherwise.add(failure);
      case CUT -> addCut(failure, history, taken);
    }
  }

  private void addCut(Failure failure, History history, Map<Long, Set<String>> taken) {
    InetSocketAddress client = failure.client();
    List<Death> deaths =
        history.mayHaveCut(client.getAddress(), failure.startNanos(), failure.endNanos()).stream()
            .filter(death -> failure.pid() == 0 || death.pid() == failure.pid())
            .toList();
    if (deaths.isEmpty()) {
      otherwise.add(failure);
      return;
    }
    inHand++;
    String key = AcceptRecord.key(client);
    Optional<Death> traced =
        deaths.stream()
            .filter(death -> taken.getOrDefault(death.pid(), Set.of()).contains(key))
            .findAny();
    if (traced.isEmpty()) {
      untraced.merge(deaths.get(0), 1, Integer::sum);
    }
  }

  int refused() {
    return refused.size();
  }

  int moved() {
    return moved.size();
  }

  int inHand() {
    return inHand;
  }

  int otherwise() {
    return otherwise.size();
  }

  /** Returns how many of those in hand the dead had left no trace of. */
  int untraced() {
    return untraced.values().stream().mapToInt(count -> count).sum();
  }

  Verdict sticky() {
    return Verdict.of("1 sticky: every client kept its index", moved, "0 moved");
  }

  Verdict nobodyRefused() {
    List<Failure> against = new ArrayList<>(refused);
    otherwise.stream().filter(failure -> failure.kind() == Kind.HUNG).forEach(against::add);
    return Verdict.of(
        "2 nobody was refused or left waiting", against, "0 refused, 0 without an answer");
  }

  Verdict onlyWhatWasInHand() {
    List<Object> against = new ArrayList<>(otherwise);
    for (Map.Entry<Death, Integer> entry : untraced.entrySet()) {
      if (entry.getValue() > ONE_TURN) {
        against.add(
            "%s cost %d connections that it had never taken"
                .formatted(entry.getKey(), entry.getValue()));
      }
    }
    return Verdict.of(
        "3 deaths cost only what was in hand, reloads and scalings nothing",
        against,
        "%d lost in hand (%d of them on the dead's record), 0 otherwise"
            .formatted(inHand, inHand - untraced()));
  }
}
