package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Subdivision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Derives the move that a trace supports from a position and the trace alone: no memory, no choice.
 * A player whose trace is true always gets a move, and wins by making it.
 */
public final class MoveChooser {
  private final Arity arity;

  /** A chooser for games of some arity. */
  public MoveChooser(Arity arity) {
    this.arity = arity;
  }

  /** The first move against a claim. */
  public Opening challenge(StateRoot claimedRoot, Trace trace) {
    List<StateRoot> interior = trace.rootsAt(nodes(inner(arity.nodes(), 0, trace.length())));
    return new Opening(claimedRoot, trace.finalRoot(), interior);
  }

  /** Whether the next move needs the machine trace of {@link #disputedNode}. */
  public static boolean needsMachine(Position position) {
    return position.phase().insideNode();
  }

  /** The node whose machine trace a position inside a node needs. */
  public static NodeIndex disputedNode(Position position) {
    return position.phase() == Phase.NODE ? new NodeIndex(position.low()) : position.node();
  }

  /**
   * The move in a position among nodes.
   *
   * @return empty if the trace agrees with everything that the opponent says
   */
  public Optional<Move> amongNodes(Position at, Trace trace) {
    List<Bytes32> own = stateRoots(trace, outer(at));
    return firstDisputed(at, own)
        .map(segment ->
            new Move.Subdivide(
                segment,
                new Subdivision(
                    own.get(segment),
                    stateRoots(
                        trace,
                        inner(arity.nodes(), at.boundary(segment), at.boundary(segment + 1))))));
  }

  /**
   * The move in a position inside a node.
   *
   * @param machine the machine trace of {@link #disputedNode}
   * @return empty if the trace agrees with everything that the opponent says, or not with the
   *     agreed pre-state
   */
  public Optional<Move> insideNode(Position at, MachineTrace machine) {
    return switch (at.phase().accepts()) {
      case SUBDIVIDE -> subdivideMachine(at, machine);
      case OPEN_MACHINE -> Optional.of(new Move.OpenMachine(opening(machine)));
      case WITNESS ->
          stateHashes(machine, List.of(at.low())).getFirst().equals(at.agreed())
              ? Optional.of(
                  new Move.SubmitWitness(machine.witnessAt(new InstructionIndex(at.low()))))
              : Optional.empty();
    };
  }

  /**
   * The same move, with the witness if it leaves one instruction: the player who picks it has the
   * witness, so nobody needs a transaction more.
   *
   * @param machine of the disputed node
   */
  public static Move withWitness(Position at, Move move, MachineTrace machine) {
    if (!(move instanceof Move.Subdivide(int segment, Subdivision subdivision))) {
      return move;
    }
    long low = at.boundary(segment);
    boolean isOne = at.boundary(segment + 1) == low + 1;
    // Of a start that both made up there is no witness.
    return isOne && stateHashes(machine, List.of(low)).getFirst().equals(at.commitment(segment))
        ? new Move.Prove(segment, subdivision, machine.witnessAt(new InstructionIndex(low)))
        : move;
  }

  /** Runs the machine to its end first: only then is known how many instructions are to be cut. */
  private MachineOpening opening(MachineTrace machine) {
    MachineState end = machine.stateAt(InstructionIndex.END);
    return new MachineOpening(
        end, stateHashes(machine, inner(arity.instructions(), 0, end.count())));
  }

  private Optional<Move> subdivideMachine(Position at, MachineTrace machine) {
    List<Bytes32> own = stateHashes(machine, outer(at));
    return firstDisputed(at, own)
        .map(segment ->
            new Move.Subdivide(
                segment,
                new Subdivision(
                    own.get(segment),
                    stateHashes(
                        machine,
                        inner(
                            arity.instructions(),
                            at.boundary(segment),
                            at.boundary(segment + 1))))));
  }

  /** The first segment whose end differs; {@code own} starts at boundary 1. */
  private static Optional<Integer> firstDisputed(Position at, List<Bytes32> own) {
    for (int segment = 0; segment < at.segments(); segment++) {
      if (!own.get(segment).equals(at.commitment(segment + 1))) {
        return Optional.of(segment);
      }
    }
    return Optional.empty();
  }

  /** Boundaries 1 to m of the opponent's subdivision. */
  private static List<Long> outer(Position at) {
    List<Long> boundaries = new ArrayList<>();
    for (int b = 1; b <= at.segments(); b++) {
      boundaries.add(at.boundary(b));
    }
    return boundaries;
  }

  /** Boundaries 1 to m − 1 of an own subdivision. */
  private static List<Long> inner(int arity, long low, long high) {
    int count = Segments.count(arity, high - low);
    return LongStream.range(1, count)
        .mapToObj(b -> Segments.boundary(low, high, count, (int) b))
        .toList();
  }

  private static List<Bytes32> stateRoots(Trace trace, List<Long> boundaries) {
    return trace.rootsAt(nodes(boundaries)).stream().map(StateRoot::value).toList();
  }

  private static List<NodeIndex> nodes(List<Long> boundaries) {
    return boundaries.stream().map(NodeIndex::new).toList();
  }

  private static List<Bytes32> stateHashes(MachineTrace machine, List<Long> boundaries) {
    return machine.hashesAt(boundaries.stream().map(InstructionIndex::new).toList()).stream()
        .map(MachineStateHash::value)
        .toList();
  }
}
