package io.stickycluster.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.bench.chaos.Tally.Failure;
import io.stickycluster.bench.chaos.Tally.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chaos run is worth as much as its eye for what must not be. */
class LossesTest {

  private static final int INDEX = 1;
  private static final long DEAD = 4711;
  private static final long DYING_NANOS = 1000;
  private static final long GONE_NANOS = 2000;

  @TempDir private Path records;

  /** Two workers; the last byte of an address says whose it is. */
  private final History history =
      new History(workers -> address -> Math.floorMod(address[3], workers), 2);

  @BeforeEach
  void aWorkerDies() {
    history.dying(INDEX, DEAD, "kill -9", DYING_NANOS);
    history.dead(DEAD, GONE_NANOS);
  }

  @Test
  void aConnectionThatTheDeadHadInHandMayBeCut() throws IOException {
    AcceptRecord.create(records, DEAD).add(clientOf(INDEX));
    Losses losses = sort(cut(clientOf(INDEX), 0, 500, 1500));
    assertThat(losses.inHand()).isEqualTo(1);
    assertThat(losses.untraced()).isZero();
    assertThat(losses.onlyWhatWasInHand().kept()).isTrue();
  }

  @Test
  void aCutBeforeAnybodyDiedIsALoss() throws IOException {
    assertLost(cut(clientOf(INDEX), 0, 0, 999));
  }

  @Test
  void aCutOfAConnectionThatIsYoungerThanTheDeathIsALoss() throws IOException {
    assertLost(cut(clientOf(INDEX), 0, 2001, 3000));
  }

  @Test
  void aCutOfAnotherIndexIsALoss() throws IOException {
    assertLost(cut(clientOf(0), 0, 500, 1500));
  }

  @Test
  void aCutOfAnotherProcessOfTheSameIndexIsALoss() throws IOException {
    assertLost(cut(clientOf(INDEX), DEAD + 1, 500, 1500));
  }

  @Test
  void aHungRequestIsALossEvenWhenSomebodyDied() throws IOException {
    Losses losses = sort(failure(Kind.HUNG, clientOf(INDEX), 0, 500, 1500));
    assertThat(losses.otherwise()).isEqualTo(1);
    assertThat(losses.nobodyRefused().kept()).isFalse();
  }

  @Test
  void nobodyMayBeRefusedEvenWhenSomebodyDied() throws IOException {
    Losses losses = sort(failure(Kind.REFUSED, clientOf(INDEX), 0, 500, 1500));
    assertThat(losses.refused()).isEqualTo(1);
    assertThat(losses.nobodyRefused().kept()).isFalse();
  }

  @Test
  void nobodyMayMove() throws IOException {
    Losses losses = sort(failure(Kind.MOVED, clientOf(INDEX), 0, 500, 1500));
    assertThat(losses.sticky().kept()).isFalse();
  }

  @Test
  void aQueueThatDiesWithItsWorkerIsALoss() throws IOException {
    List<Failure> queued = new ArrayList<>();
    for (int i = 0; i <= Losses.ONE_TURN; i++) {
      queued.add(cut(clientOf(INDEX), 0, 500, 1500));
    }
    Losses losses = Losses.sort(queued, history, records);
    assertThat(losses.untraced()).isEqualTo(Losses.ONE_TURN + 1);
    assertThat(losses.onlyWhatWasInHand().kept()).isFalse();
  }

  @Test
  void whileTheNumberOfWorkersChangesAClientMayBeAtTheOldOrTheNewIndex() {
    history.scalingBegins(3, 5000);
    history.scalingEnded(3, 6000);
    InetSocketAddress client = new InetSocketAddress("127.1.0.5", 1);
    assertThat(history.indices(client.getAddress(), 0, 4999)).containsExactly(1);
    assertThat(history.indices(client.getAddress(), 0, 5000)).containsExactlyInAnyOrder(1, 2);
    assertThat(history.indices(client.getAddress(), 6000, 7000)).containsExactlyInAnyOrder(1, 2);
    assertThat(history.indices(client.getAddress(), 6001, 7000)).containsExactly(2);
  }

  @Test
  void scalingThatFailsLeavesTheOldNumber() {
    history.scalingBegins(3, 5000);
    history.scalingEnded(2, 6000);
    InetSocketAddress client = new InetSocketAddress("127.1.0.5", 1);
    assertThat(history.indices(client.getAddress(), 6001, 7000)).containsExactly(1);
  }

  private void assertLost(Failure failure) throws IOException {
    Losses losses = sort(failure);
    assertThat(losses.otherwise()).isEqualTo(1);
    assertThat(losses.onlyWhatWasInHand().kept()).isFalse();
  }

  private Losses sort(Failure failure) throws IOException {
    return Losses.sort(List.of(failure), history, records);
  }

  private static InetSocketAddress clientOf(int index) {
    return new InetSocketAddress("127.1.0." + (2 + index), 40_000);
  }

  private static Failure cut(InetSocketAddress client, long pid, long start, long end) {
    return failure(Kind.CUT, client, pid, start, end);
  }

  private static Failure failure(
      Kind kind, InetSocketAddress client, long pid, long start, long end) {
    return new Failure(kind, client, pid, start, end, "");
  }
}
