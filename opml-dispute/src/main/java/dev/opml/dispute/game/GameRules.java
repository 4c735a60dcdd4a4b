package dev.opml.dispute.game;

import static dev.opml.dispute.ArbiterRefusedException.require;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import java.util.List;
import java.util.Optional;

/**
 * The moves of a game, as functions from a position and a move to the next position. Who may move,
 * when, and which position is the stored one, is the arbiter's business. Immutable and thread-safe.
 * Every method throws {@link ArbiterRefusedException} if the move is not legal.
 */
public final class GameRules {
  private static final long MOST_INSTRUCTIONS = InstructionIndex.END.value();

  private final Arity arity;

  /** Rules with a number of segments a move. */
  public GameRules(Arity arity) {
    this.arity = arity;
  }

  /**
   * The first move: the challenger subdivides the whole trace.
   *
   * @param traceLength number of nodes, 1 to 2^40
   * @param initialRoot {@code S_0}, as the arbiter computed it
   * @param claimedRoot the claim's {@code S_N}
   * @param clocks the clocks after the move
   */
  public Position challenge(
      GameId game,
      long traceLength,
      StateRoot initialRoot,
      StateRoot claimedRoot,
      Opening opening,
      Clocks clocks) {
    require(
        opening.claimedRoot().equals(claimedRoot),
        Refusal.WRONG_CLAIMED_ROOT,
        "the claim's root is " + claimedRoot + ", not " + opening.claimedRoot());
    require(
        !opening.end().equals(claimedRoot),
        Refusal.NOTHING_DISPUTED,
        "both final roots are " + claimedRoot);
    Phase phase = traceLength > 1 ? Phase.NODES : Phase.NODE;
    PositionWord word = new PositionWord(phase, 1, new NodeIndex(0), 0, traceLength, clocks);
    requireInterior(opening.interior(), word);
    return new Position(
        game,
        word,
        initialRoot.value(),
        opening.interior().stream().map(StateRoot::value).toList(),
        opening.end().value(),
        Optional.of(claimedRoot.value()));
  }

  /**
   * An answer to a subdivision of nodes or instructions.
   *
   * @param at the picked segment of the stored position
   * @param clocks the clocks after the move
   */
  public Position subdivide(OpenedSegment at, Subdivision move, Clocks clocks) {
    requireKind(at, MoveKind.SUBDIVIDE);
    requireOwnEnd(at, move);
    require(!move.end().equals(at.high()), Refusal.NOTHING_DISPUTED, "both ends are " + at.high());
    long low = at.lowStep(arity);
    long high = at.highStep(arity);
    Phase next = at.word().phase().after(high - low).orElseThrow();
    NodeIndex node = next == Phase.NODE ? new NodeIndex(low) : at.word().node();
    PositionWord word = new PositionWord(next, at.word().moves() + 1, node, low, high, clocks);
    requireInterior(move.interior(), word);
    return new Position(
        at.game(), word, at.low(), move.interior(), move.end(), Optional.of(at.high()));
  }

  /** Refuses another end of an interval than the one that the player has given before. */
  private void requireOwnEnd(OpenedSegment at, Subdivision move) {
    boolean last = at.segment() == at.word().segments(arity) - 1;
    if (last && at.word().phase().saysBothEnds()) {
      Bytes32 said = given(at).other();
      require(move.end().equals(said), Refusal.END_CHANGED, "the end given before is " + said);
    }
  }

  /** The ends, in a segment that has to give them. */
  private static Ends.Given given(OpenedSegment at) {
    return switch (at.ends()) {
      case Ends.Given given -> given;
      case Ends.Hashed _ ->
          throw new ArbiterRefusedException(Refusal.WRONG_OPENING, "the ends are missing");
    };
  }

  /**
   * The move from the disputed node into its machine trace. The first machine state is computed
   * here from the agreed root, the last must contain the mover's own root: nothing else enters. The
   * mover's end state also says how many instructions are disputed: it is either final or the state
   * at 2^32, so it is the state at its own count and at all later ones.
   *
   * @param at the only segment of the stored position
   * @param mode the model's mode, which decides what the node is told about its index
   * @param clocks the clocks after the move
   */
  public Position openMachine(
      OpenedSegment at, MachineOpening move, GraphMode mode, Clocks clocks) {
    requireKind(at, MoveKind.OPEN_MACHINE);
    MachineState end = move.endState();
    Ends.Given ends = given(at);
    require(
        end.lowerRoot().equals(ends.other()),
        Refusal.WRONG_END_STATE,
        "its lower root is " + end.lowerRoot() + ", not " + ends.other());
    requireEnds(end);
    NodeIndex node = new NodeIndex(at.word().low());
    Phase next = Phase.NODE.after(end.count()).orElseThrow();
    PositionWord word = new PositionWord(next, at.word().moves() + 1, node, 0, end.count(), clocks);
    requireInterior(move.interior(), word);
    MachineState first = Commitments.firstState(new StateRoot(ends.agreed()), node, mode);
    return new Position(
        at.game(),
        word,
        MachineStates.hash(first).value(),
        move.interior(),
        MachineStates.hash(end).value(),
        Optional.empty());
  }

  private static void requireEnds(MachineState end) {
    boolean running = end.status() == MachineStatus.RUNNING;
    require(
        end.count() >= (running ? MOST_INSTRUCTIONS : 1) && end.count() <= MOST_INSTRUCTIONS,
        Refusal.WRONG_END_STATE,
        end.status() + " after " + Long.toUnsignedString(end.count()) + " instructions");
  }

  /**
   * The end: executes the disputed instruction.
   *
   * @param at the only segment of the stored position
   */
  public Verdict execute(OpenedSegment at, Witness witness, StepFunction machine) {
    requireKind(at, MoveKind.WITNESS);
    Ends.Given ends = given(at);
    MachineStateHash result;
    try {
      result = machine.step(new MachineStateHash(ends.agreed()), witness);
    } catch (InvalidWitnessException e) {
      throw new ArbiterRefusedException(Refusal.INVALID_WITNESS, e);
    }
    PositionWord word = at.word();
    if (result.value().equals(at.high())) {
      return new Verdict(word.mover(), true, result);
    }
    // A player who has not said its end has not said a false one either.
    if (!word.phase().saysBothEnds() || result.value().equals(ends.other())) {
      return new Verdict(word.toMove(), true, result);
    }
    return new Verdict(Side.CHALLENGER, false, result);
  }

  private static void requireKind(OpenedSegment at, MoveKind kind) {
    Phase phase = at.word().phase();
    require(
        phase.accepts() == kind,
        Refusal.WRONG_PHASE,
        phase + " accepts " + phase.accepts() + ", not " + kind);
  }

  private void requireInterior(List<?> interior, PositionWord word) {
    int expected = word.segments(arity) - 1;
    require(
        interior.size() == expected,
        Refusal.WRONG_SUBDIVISION,
        "expected " + expected + " interior commitments, got " + interior.size());
  }
}
