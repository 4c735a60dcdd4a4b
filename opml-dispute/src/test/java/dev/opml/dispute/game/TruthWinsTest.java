package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.toy.Arena;
import dev.opml.merkle.MachineStates;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever tells the truth wins, whatever the other does within the rules, and no wei is lost. */
class TruthWinsTest {
  private static final int GAMES = 30;

  /** A player: what it does when it is to move; empty lets its clock run out. */
  private interface Player {
    Optional<Move> move(GameView game);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 16, 64})
  void game_consistentLiarAsProposer_challengerWins(int arity) {
    truthWins(arity, Side.PROPOSER, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 16, 64})
  void game_consistentLiarAsChallenger_proposerWins(int arity) {
    truthWins(arity, Side.CHALLENGER, false);
  }

  /**
   * The strongest statement: an opponent who makes any legal move at all, consistent or not, still
   * loses.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 16, 64})
  void game_anyLegalMovesByProposer_challengerWins(int arity) {
    truthWins(arity, Side.PROPOSER, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 16, 64})
  void game_anyLegalMovesByChallenger_proposerWins(int arity) {
    truthWins(arity, Side.CHALLENGER, true);
  }

  /**
   * @param anything whether the liar makes any legal move, or those that one lie supports
   */
  private static void truthWins(int arity, Side liar, boolean anything) {
    for (long seed = 1; seed <= GAMES; seed++) {
      RandomGenerator random = new Random(seed * 64 + arity + liar.code());
      Arena arena = arena(arity, random);
      Trace lie = randomLie(arena, random);
      boolean proposerLies = liar == Side.PROPOSER;
      ClaimId claim = arena.claim(Arena.PROPOSER, proposerLies ? lie : arena.truth);
      GameId game = arena.challenge(Arena.CHALLENGER, claim, proposerLies ? arena.truth : lie);
      Player honest = view -> arena.choose(view, arena.truth);
      Player lying = view -> anything ? anyLegalMove(arena, view, random) : arena.choose(view, lie);
      play(arena, game, proposerLies ? lying : honest, proposerLies ? honest : lying, random);
      assertEquals(
          proposerLies ? GameStatus.CHALLENGER_WON : GameStatus.PROPOSER_WON,
          arena.game(game).status(),
          "seed " + seed);
    }
  }

  /**
   * Nobody tells the truth: somebody wins, the game ends in time and the money is accounted for.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void game_bothLie_endsAndConservesMoney(int arity) {
    for (long seed = 1; seed <= GAMES; seed++) {
      RandomGenerator random = new Random(seed * 256 + arity);
      Arena arena = arena(arity, random);
      ClaimId claim = arena.claim(Arena.PROPOSER, randomLie(arena, random));
      Trace other =
          new FabricatedTrace(
              arena.truth,
              Fabrication.about(0, 0)
                  .with(Fabrication.EndState.ANOTHER_COUNT)
                  .claiming(arena.truth.output().with(0, 999)));
      GameId game = arena.challenge(Arena.CHALLENGER, claim, other);
      play(
          arena,
          game,
          view -> anyLegalMove(arena, view, random),
          view -> anyLegalMove(arena, view, random),
          random);
      assertTrue(arena.game(game).status() != GameStatus.OPEN, "seed " + seed);
    }
  }

  private static Arena arena(int arity, RandomGenerator random) {
    if (random.nextInt(8) == 0) {
      return new Arena(arity, GraphMode.SINGLE_PHASE, 7, random.nextLong());
    }
    // Small lengths as often as large ones; powers of the arity are rare.
    int bits = random.nextInt(20);
    int nodes = 1 + random.nextInt(1 << bits);
    return new Arena(arity, GraphMode.ROW_PER_NODE, nodes, random.nextLong());
  }

  private static Trace randomLie(Arena arena, RandomGenerator random) {
    long length = arena.truth.length();
    Fabrication lie =
        Fabrication.about(
                random.nextInt(3) == 0 ? length - 1 : random.nextLong(length),
                random.nextBoolean() ? random.nextLong(200) : random.nextLong(1L << 32))
            .with(Fabrication.EndState.values()[random.nextInt(4)]);
    return new FabricatedTrace(
        arena.truth, random.nextBoolean() ? lie : lie.claiming(arena.truth.output().with(0, 998)));
  }

  private static void play(
      Arena arena, GameId id, Player proposer, Player challenger, RandomGenerator random) {
    int most = Segments.mostMoves(arena.parameters.arity(), arena.truth.length());
    int moves = 1;
    for (GameView game = arena.game(id); game.status() == GameStatus.OPEN; game = arena.game(id)) {
      arena.blocks.advance(random.nextInt(40));
      boolean proposers = game.position().toMove() == Side.PROPOSER;
      Optional<Move> move = (proposers ? proposer : challenger).move(game);
      if (move.isPresent()) {
        arena.send(proposers ? game.proposer() : game.challenger(), game, move.get());
        moves++;
      } else {
        arena.blocks.advance(10_000);
        arena.as(Arena.STRANGER).timeOut(id);
      }
      arena.assertMoneyConserved();
    }
    assertTrue(moves <= most, moves + " moves of at most " + most);
  }

  /** Any legal move: true and false commitments mixed at random, any segment, sometimes none. */
  private static Optional<Move> anyLegalMove(Arena arena, GameView game, RandomGenerator random) {
    Position at = game.position();
    if (random.nextInt(60) == 0) {
      return Optional.empty();
    }
    if (!MoveChooser.needsMachine(at)) {
      int segment = random.nextInt(at.segments());
      return Optional.of(
          new Move.Subdivide(subdivision(arena, at, segment, Optional.empty(), random)));
    }
    try (MachineTrace machine = arena.truth.machine(MoveChooser.disputedNode(at))) {
      MachineState end = withRoot(machine.stateAt(InstructionIndex.END), at.otherEnd(), random);
      return switch (at.phase()) {
        case NODES -> throw new AssertionError();
        case NODE ->
            Optional.of(
                new Move.OpenMachine(
                    new MachineOpening(
                        end, mixed(arena, at, 0, 1L << 32, Optional.of(machine), random))));
        case MACHINE_OPENED -> {
          int segment = random.nextInt(at.segments());
          if (segment < at.segments() - 1) {
            yield Optional.of(
                new Move.Subdivide(subdivision(arena, at, segment, Optional.of(machine), random)));
          }
          yield Optional.of(
              new Move.Subdivide(
                  new Subdivision(
                      segment,
                      MachineStates.hash(end).value(),
                      mixed(
                          arena,
                          at,
                          at.boundary(segment),
                          at.boundary(segment + 1),
                          Optional.of(machine),
                          random),
                      Optional.of(end))));
        }
        case MACHINE ->
            Optional.of(
                new Move.Subdivide(
                    subdivision(
                        arena, at, random.nextInt(at.segments()), Optional.of(machine), random)));
        case INSTRUCTION -> Optional.empty();
      };
    }
  }

  private static MachineState withRoot(MachineState state, Bytes32 root, RandomGenerator random) {
    List<Long> registers = new ArrayList<>(state.registers());
    registers.set(random.nextInt(31), random.nextLong());
    return new MachineState(
        root,
        state.upperRoot(),
        random.nextBoolean() ? state.pc() : random.nextLong(),
        random.nextBoolean() ? state.count() : random.nextLong(),
        MachineStatus.values()[random.nextInt(3)],
        registers);
  }

  private static Subdivision subdivision(
      Arena arena,
      Position at,
      int segment,
      Optional<MachineTrace> machine,
      RandomGenerator random) {
    Bytes32 opponents = at.commitment(segment + 1);
    Bytes32 end = commitment(arena, at.boundary(segment + 1), machine, random);
    if (segment == at.segments() - 1) {
      end = at.otherEnd();
    } else if (end.equals(opponents)) {
      end = noise(random);
    }
    return new Subdivision(
        segment,
        end,
        mixed(arena, at, at.boundary(segment), at.boundary(segment + 1), machine, random),
        Optional.empty());
  }

  private static List<Bytes32> mixed(
      Arena arena,
      Position at,
      long low,
      long high,
      Optional<MachineTrace> machine,
      RandomGenerator random) {
    int count = Segments.count(arena.parameters.arity().nodes(), high - low);
    List<Bytes32> commitments = new ArrayList<>();
    for (int b = 1; b < count; b++) {
      commitments.add(commitment(arena, Segments.boundary(low, high, count, b), machine, random));
    }
    return commitments;
  }

  private static Bytes32 commitment(
      Arena arena, long boundary, Optional<MachineTrace> machine, RandomGenerator random) {
    if (random.nextBoolean()) {
      return noise(random);
    }
    return machine
        .map(m -> m.hashesAt(List.of(new InstructionIndex(boundary))).getFirst().value())
        .orElseGet(() -> arena.truth.rootAt(new NodeIndex(boundary)).value());
  }

  private static Bytes32 noise(RandomGenerator random) {
    return new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }
}
