package dev.opml.dispute.game;

import static dev.opml.dispute.ArbiterRefusedException.require;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import java.util.List;

/**
 * The moves of a game, as functions from a position and a move to the next position. Who may move,
 * and when, is the arbiter's business. Immutable and thread-safe. Every method throws {@link
 * ArbiterRefusedException} if the move is not legal.
 */
public final class GameRules {
  private final int arity;

  /**
   * Rules with a number of segments a move.
   *
   * @param arity {@value Arity#LEAST} to {@value Arity#MOST}
   */
  public GameRules(int arity) {
    this.arity = arity;
  }

  /**
   * The first move: the challenger subdivides the whole trace.
   *
   * @param traceLength number of nodes, 1 to 2^40
   * @param initialRoot {@code S_0}, as the arbiter computed it
   * @param claimedRoot the claim's {@code S_N}
   */
  public Position challenge(
      GameId game,
      long traceLength,
      StateRoot initialRoot,
      StateRoot claimedRoot,
      Opening opening) {
    require(
        opening.claimedRoot().equals(claimedRoot),
        Refusal.WRONG_CLAIMED_ROOT,
        "the claim's root is " + claimedRoot + ", not " + opening.claimedRoot());
    require(
        !opening.end().equals(claimedRoot),
        Refusal.NOTHING_DISPUTED,
        "both final roots are " + claimedRoot);
    requireInterior(opening.interior(), traceLength);
    return new Position(
        game,
        traceLength > 1 ? Phase.NODES : Phase.NODE,
        Side.CHALLENGER,
        new NodeIndex(0),
        0,
        traceLength,
        initialRoot.value(),
        opening.interior().stream().map(StateRoot::value).toList(),
        opening.end().value(),
        claimedRoot.value());
  }

  /** An answer to a subdivision of nodes or instructions. */
  public Position subdivide(Position at, Subdivision move) {
    requireKind(at, MoveKind.SUBDIVIDE);
    int segment = move.segment();
    require(
        segment >= 0 && segment < at.segments(),
        Refusal.SEGMENT_OUT_OF_RANGE,
        "segment " + segment + " of " + at.segments());
    requireOwnEnd(at, move);
    Bytes32 opponents = at.commitment(segment + 1);
    require(!move.end().equals(opponents), Refusal.NOTHING_DISPUTED, "both ends are " + opponents);
    long low = at.boundary(segment);
    long high = at.boundary(segment + 1);
    requireInterior(move.interior(), high - low);
    Phase next = at.phase().after(high - low).orElseThrow();
    return new Position(
        at.game(),
        next,
        at.toMove(),
        next == Phase.NODE ? new NodeIndex(low) : at.node(),
        low,
        high,
        at.commitment(segment),
        move.interior(),
        move.end(),
        opponents);
  }

  /** What a player says about the end of an interval stays said, across the phases. */
  private static void requireOwnEnd(Position at, Subdivision move) {
    boolean last = move.segment() == at.segments() - 1;
    if (at.phase() == Phase.MACHINE_OPENED && last) {
      MachineState endState =
          move.endState()
              .orElseThrow(
                  () -> new ArbiterRefusedException(Refusal.WRONG_END_STATE, "it is missing"));
      requireContains(endState, at.otherEnd());
      require(
          MachineStates.hash(endState).value().equals(move.end()),
          Refusal.WRONG_END_STATE,
          "it does not hash to the end that was given");
      return;
    }
    require(move.endState().isEmpty(), Refusal.WRONG_END_STATE, "none belongs here");
    require(
        !last || move.end().equals(at.otherEnd()),
        Refusal.END_CHANGED,
        "the end given before is " + at.otherEnd());
  }

  /**
   * The move from the disputed node into its machine trace. The first machine state is computed
   * here from the agreed root, the last must contain the mover's own root: nothing else enters.
   *
   * @param mode the model's mode, which decides what the node is told about its index
   */
  public Position openMachine(Position at, MachineOpening move, GraphMode mode) {
    requireKind(at, MoveKind.OPEN_MACHINE);
    requireContains(move.endState(), at.otherEnd());
    requireInterior(move.interior(), InstructionIndex.END.value());
    NodeIndex node = new NodeIndex(at.low());
    MachineState first = Commitments.firstState(new StateRoot(at.agreed()), node, mode);
    return new Position(
        at.game(),
        Phase.MACHINE_OPENED,
        at.toMove(),
        node,
        0,
        InstructionIndex.END.value(),
        MachineStates.hash(first).value(),
        move.interior(),
        MachineStates.hash(move.endState()).value(),
        at.moverEnd());
  }

  /** The end: executes the disputed instruction. */
  public Verdict execute(Position at, Witness witness, StepFunction machine) {
    requireKind(at, MoveKind.WITNESS);
    MachineStateHash result;
    try {
      result = machine.step(new MachineStateHash(at.agreed()), witness);
    } catch (InvalidWitnessException e) {
      throw new ArbiterRefusedException(Refusal.INVALID_WITNESS, e);
    }
    if (result.value().equals(at.moverEnd())) {
      return new Verdict(at.mover(), true, result);
    }
    if (result.value().equals(at.otherEnd())) {
      return new Verdict(at.toMove(), true, result);
    }
    return new Verdict(Side.CHALLENGER, false, result);
  }

  private static void requireKind(Position at, MoveKind kind) {
    require(
        at.phase().accepts() == kind,
        Refusal.WRONG_PHASE,
        at.phase() + " accepts " + at.phase().accepts() + ", not " + kind);
  }

  private void requireInterior(List<?> interior, long size) {
    int expected = Segments.count(arity, size) - 1;
    require(
        interior.size() == expected,
        Refusal.WRONG_SUBDIVISION,
        "expected " + expected + " interior commitments, got " + interior.size());
  }

  private static void requireContains(MachineState endState, Bytes32 root) {
    require(
        endState.lowerRoot().equals(root),
        Refusal.WRONG_END_STATE,
        "its lower root is " + endState.lowerRoot() + ", not " + root);
  }
}
