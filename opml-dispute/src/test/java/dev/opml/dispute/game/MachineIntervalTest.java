package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rule by which a node's machine trace is opened, as a small model in which traces are a few
 * instructions long, so that every end state can be tried. The rule holds; each of its parts is
 * needed: without it an honest player loses, or has no move.
 */
class MachineIntervalTest {
  private static final long SEED = 1;

  /** A rule that differs from the real one. */
  private enum Mutant {
    /** A state that runs on is taken for an end below the limit. */
    RUNNING_BELOW_THE_LIMIT,
    /** A count above the limit is accepted. */
    COUNT_ABOVE_THE_LIMIT,
    /** The player who did not open has to give an end that contains its own root. */
    OTHER_END_HELD_TO_ITS_ROOT
  }

  private enum Status {
    RUNNING,
    HALTED,
    FAULTED
  }

  /** Stands for the hash of a state; garbage has a place in {@code register} that no state has. */
  private record State(char root, int count, Status status, int register) {}

  /**
   * A true trace.
   *
   * @param limit stands for 2^32
   * @param states at 0 to {@code limit} + 3
   */
  private record Truth(int limit, List<State> states) {
    static Truth of(int limit, int halt, Status status, int write) {
      List<State> states = new ArrayList<>();
      for (int t = 0; t < limit + 4; t++) {
        int done = Math.min(t, halt);
        states.add(
            new State(
                done >= write ? 'Q' : 'P', done, done == halt ? status : Status.RUNNING, 7 * done));
      }
      return new Truth(limit, states);
    }

    State at(int t) {
      return states.get(t);
    }

    State end() {
      return at(limit);
    }
  }

  private enum Outcome {
    HONEST_WINS,
    HONEST_LOSES,
    HONEST_IS_STUCK
  }

  private final Random random = new Random(SEED);
  private int garbage = 1000;

  private static boolean accepts(State end, int limit, Optional<Mutant> mutant) {
    return end.count() >= 1
        && (mutant.equals(Optional.of(Mutant.COUNT_ABOVE_THE_LIMIT)) || end.count() <= limit)
        && (mutant.equals(Optional.of(Mutant.RUNNING_BELOW_THE_LIMIT))
            || end.status() != Status.RUNNING
            || end.count() == limit);
  }

  private State noise() {
    return new State('N', 0, Status.RUNNING, ++garbage);
  }

  /** A player's commitment at a step: the truth, or for a liar sometimes noise. */
  private State say(Truth truth, int step, boolean honest) {
    return honest || random.nextBoolean() ? truth.at(step) : noise();
  }

  private List<State> interior(Truth truth, int low, int high, int arity, boolean honest) {
    int count = Segments.count(arity, high - low);
    List<State> said = new ArrayList<>();
    for (int b = 1; b < count; b++) {
      said.add(say(truth, (int) Segments.boundary(low, high, count, b), honest));
    }
    return said;
  }

  /** Plays from an opening to the instruction; the liar picks and says anything that is legal. */
  private Outcome play(
      int arity, Truth truth, boolean honestOpens, State opened, Optional<Mutant> mutant) {
    boolean moverIsHonest = honestOpens;
    int low = 0;
    int high = opened.count();
    State agreed = truth.at(0);
    State moverEnd = opened;
    Optional<State> otherEnd = Optional.empty();
    List<State> said = interior(truth, low, high, arity, honestOpens);
    while (high - low > 1) {
      List<State> commitments = new ArrayList<>(List.of(agreed));
      commitments.addAll(said);
      commitments.add(moverEnd);
      int count = commitments.size() - 1;
      boolean honest = !moverIsHonest;
      int segment = honest ? firstDifference(truth, low, high, commitments) : random.nextInt(count);
      if (segment < 0) {
        return Outcome.HONEST_IS_STUCK;
      }
      int from = (int) Segments.boundary(low, high, count, segment);
      int to = (int) Segments.boundary(low, high, count, segment + 1);
      State end = honest ? truth.at(to) : anything(truth, to);
      if (segment == count - 1 && otherEnd.isPresent()) {
        if (honest && !end.equals(otherEnd.get())) {
          return Outcome.HONEST_IS_STUCK;
        }
        end = otherEnd.get();
      } else if (segment == count - 1
          && honest
          && mutant.equals(Optional.of(Mutant.OTHER_END_HELD_TO_ITS_ROOT))
          && end.root() != truth.end().root()) {
        return Outcome.HONEST_IS_STUCK;
      } else if (!honest && end.equals(commitments.get(segment + 1))) {
        end = noise();
      }
      otherEnd = Optional.of(commitments.get(segment + 1));
      agreed = commitments.get(segment);
      moverEnd = end;
      low = from;
      high = to;
      moverIsHonest = honest;
      said = interior(truth, low, high, arity, honest);
    }
    if (!agreed.equals(truth.at(low))) {
      // Nobody can open what is no state: who is to move loses by the clock.
      return moverIsHonest ? Outcome.HONEST_WINS : Outcome.HONEST_LOSES;
    }
    State result = truth.at(low + 1);
    boolean moverWasRight = result.equals(moverEnd);
    return moverWasRight == moverIsHonest ? Outcome.HONEST_WINS : Outcome.HONEST_LOSES;
  }

  private State anything(Truth truth, int step) {
    if (random.nextInt(10) < 3) {
      return new State(
          'L',
          random.nextInt(truth.limit() + 2),
          Status.values()[random.nextInt(3)],
          random.nextInt(3));
    }
    return say(truth, step, false);
  }

  private static int firstDifference(Truth truth, int low, int high, List<State> commitments) {
    int count = commitments.size() - 1;
    for (int segment = 0; segment < count; segment++) {
      int step = (int) Segments.boundary(low, high, count, segment + 1);
      if (!commitments.get(segment + 1).equals(truth.at(step))) {
        return segment;
      }
    }
    return -1;
  }

  /** Every trace, and every end state that the rule lets a liar open with; counts the games. */
  private int playAll(Optional<Mutant> mutant, List<String> lost) {
    int games = 0;
    for (int limit : new int[] {1, 2, 3, 5, 8, 13}) {
      for (Status status : Status.values()) {
        int first = status == Status.RUNNING ? limit + 9 : 1;
        for (int halt = first; halt <= Math.max(first, limit + 2); halt++) {
          for (int write = 1; write <= Math.min(halt, limit) + 1; write++) {
            Truth truth = Truth.of(limit, halt, status, write);
            for (int arity : new int[] {2, 3, 4, 7}) {
              games += playAll(arity, truth, mutant, lost);
            }
          }
        }
      }
    }
    return games;
  }

  private int playAll(int arity, Truth truth, Optional<Mutant> mutant, List<String> lost) {
    int games = 0;
    assertTrue(accepts(truth.end(), truth.limit(), mutant), "an honest player can open");
    for (int i = 0; i < 4; i++) {
      games++;
      note(play(arity, truth, true, truth.end(), mutant), truth, truth.end(), lost);
    }
    for (int count = 0; count < truth.limit() + 3; count++) {
      for (Status status : Status.values()) {
        for (char root : new char[] {'P', 'Q', 'L'}) {
          for (int register : new int[] {7 * count, 7 * truth.at(count).count(), 1}) {
            State lie = new State(root, count, status, register);
            if (root != truth.end().root() && accepts(lie, truth.limit(), mutant)) {
              games++;
              note(play(arity, truth, false, lie, mutant), truth, lie, lost);
            }
          }
        }
      }
    }
    return games;
  }

  private static void note(Outcome outcome, Truth truth, State opened, List<String> lost) {
    if (outcome != Outcome.HONEST_WINS) {
      lost.add(outcome + ": " + truth + ", opened with " + opened);
    }
  }

  @Test
  void open_everyTraceAndEveryEndState_honestPlayerWins() {
    List<String> lost = new ArrayList<>();
    int games = playAll(Optional.empty(), lost);
    assertEquals(List.of(), lost, "seed " + SEED);
    assertTrue(games > 200_000, games + " games");
  }

  @ParameterizedTest
  @EnumSource(Mutant.class)
  void open_withoutAPartOfTheRule_honestPlayerIsBeaten(Mutant mutant) {
    List<String> lost = new ArrayList<>();
    playAll(Optional.of(mutant), lost);
    assertNotEquals(List.of(), lost, mutant + " is harmless, seed " + SEED);
  }
}
