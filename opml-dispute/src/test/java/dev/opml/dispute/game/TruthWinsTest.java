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
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever tells the truth wins, whatever the other does within the rules, and no wei is lost. */
class TruthWinsTest {
  /** Games of each kind and arity. A long run plays 10^5 and more. */
  private static final int GAMES = System.getenv("OPML_SLOW") == null ? 30 : 5_000;

  private static final long MOST_NODES = 1L << 40;

  /** A player: what it does when it is to move; empty lets its clock run out. */
  private interface Player {
    Optional<Move> move(GameView game);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 12, 16, 64})
  void game_consistentLiarAsProposer_challengerWins(int arity) {
    truthWins(arity, Side.PROPOSER, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 12, 16, 64})
  void game_consistentLiarAsChallenger_proposerWins(int arity) {
    truthWins(arity, Side.CHALLENGER, false);
  }

  /**
   * The strongest statement: an opponent who makes any legal move at all, consistent or not, still
   * loses.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 12, 16, 64})
  void game_anyLegalMovesByProposer_challengerWins(int arity) {
    truthWins(arity, Side.PROPOSER, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 12, 16, 64})
  void game_anyLegalMovesByChallenger_proposerWins(int arity) {
    truthWins(arity, Side.CHALLENGER, true);
  }

  /** Mixes what it is given: generators of similar seeds begin alike. */
  private static RandomGenerator random(long seed, int arity, int kind) {
    return new SplittableRandom((seed * 64 + arity) * 3 + kind);
  }

  /**
   * @param anything whether the liar makes any legal move, or those that one lie supports
   */
  private static void truthWins(int arity, Side liar, boolean anything) {
    for (long seed = 1; seed <= GAMES; seed++) {
      RandomGenerator random = random(seed, arity, liar.ordinal());
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
      RandomGenerator random = random(seed, arity, 2);
      Arena arena = arena(arity, random);
      ClaimId claim = arena.claim(Arena.PROPOSER, randomLie(arena, random));
      Trace other =
          new FabricatedTrace(
              arena.truth,
              Fabrication.about(0, 0)
                  .with(Fabrication.EndState.LATER)
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

  /** An arena with that arity among nodes, and often another inside a node. */
  private static Arena arena(int nodeArity, RandomGenerator random) {
    Arity arity = new Arity(nodeArity, random.nextBoolean() ? nodeArity : 2 + random.nextInt(63));
    if (random.nextInt(8) == 0) {
      return new Arena(arity, GraphMode.SINGLE_PHASE, 7, random.nextLong());
    }
    // Small lengths as often as large ones; powers of the arity are rare.
    long nodes =
        random.nextInt(16) == 0 ? MOST_NODES : 1 + random.nextLong(1L << random.nextInt(41));
    return Arena.ofLength(arity, nodes, random.nextLong());
  }

  private static Trace randomLie(Arena arena, RandomGenerator random) {
    long length = arena.truth.length();
    long node = random.nextInt(3) == 0 ? length - 1 : random.nextLong(length);
    long end = arena.truth.toyMachine().end(node);
    long instruction =
        switch (random.nextInt(3)) {
          case 0 -> random.nextLong(200);
          case 1 -> Math.min(end, InstructionIndex.END.value()) - 1;
          default -> random.nextLong(InstructionIndex.END.value());
        };
    Fabrication.EndState[] ends = Fabrication.EndState.values();
    Fabrication lie = Fabrication.about(node, instruction).with(ends[random.nextInt(ends.length)]);
    if (node < length - 1 && random.nextBoolean()) {
      lie = lie.keepingTheRoot();
    }
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
        arena.blocks.advance(50_000);
        arena.timeOut(id);
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
      return Optional.of(
          subdivide(
              at, arena, random, boundary -> arena.truth.rootAt(new NodeIndex(boundary)).value()));
    }
    try (MachineTrace machine = arena.truth.machine(MoveChooser.disputedNode(at))) {
      LongFunction<Bytes32> truth =
          boundary -> machine.hashesAt(List.of(new InstructionIndex(boundary))).getFirst().value();
      return switch (at.phase().accepts()) {
        case OPEN_MACHINE -> {
          MachineState end =
              anyEnd(
                  machine.stateAt(InstructionIndex.END), at.end(at.toMove()).orElseThrow(), random);
          yield Optional.of(
              new Move.OpenMachine(
                  new MachineOpening(
                      end,
                      mixed(
                          arena.parameters.arity().instructions(),
                          0,
                          end.count(),
                          random,
                          truth))));
        }
        case SUBDIVIDE -> Optional.of(subdivide(at, arena, random, truth));
        case WITNESS ->
            random.nextBoolean()
                ? new MoveChooser(arena.parameters.arity()).insideNode(at, machine)
                : Optional.empty();
      };
    }
  }

  /** Any end state that an opening may have, the true one with another root among them. */
  private static MachineState anyEnd(MachineState state, Bytes32 root, RandomGenerator random) {
    List<Long> registers = new ArrayList<>(state.registers());
    registers.set(random.nextInt(31), random.nextLong());
    long limit = InstructionIndex.END.value();
    long count =
        switch (random.nextInt(6)) {
          case 0 -> 1;
          case 1 -> 1 + random.nextLong(limit);
          case 2 -> limit;
          case 3 -> Math.max(1, state.count() - 1);
          case 4 -> Math.min(limit, state.count() + 1);
          default -> state.count();
        };
    MachineStatus status =
        MachineStatus.values()[count == limit ? random.nextInt(3) : 1 + random.nextInt(2)];
    return new MachineState(
        root,
        state.upperRoot(),
        random.nextBoolean() ? state.pc() : random.nextLong(),
        count,
        status,
        random.nextBoolean() ? registers : state.registers());
  }

  private static Move subdivide(
      Position at, Arena arena, RandomGenerator random, LongFunction<Bytes32> truth) {
    int segment = random.nextInt(at.segments());
    Bytes32 end = commitment(at.boundary(segment + 1), random, truth);
    if (segment == at.segments() - 1 && at.otherEnd().isPresent()) {
      end = at.otherEnd().get();
    } else if (end.equals(at.commitment(segment + 1))) {
      end = noise(random);
    }
    Arity arity = arena.parameters.arity();
    return new Move.Subdivide(
        segment,
        new Subdivision(
            end,
            mixed(
                at.phase().insideNode() ? arity.instructions() : arity.nodes(),
                at.boundary(segment),
                at.boundary(segment + 1),
                random,
                truth)));
  }

  private static List<Bytes32> mixed(
      int arity, long low, long high, RandomGenerator random, LongFunction<Bytes32> truth) {
    int count = Segments.count(arity, high - low);
    List<Bytes32> commitments = new ArrayList<>();
    for (int b = 1; b < count; b++) {
      commitments.add(commitment(Segments.boundary(low, high, count, b), random, truth));
    }
    return commitments;
  }

  private static Bytes32 commitment(
      long boundary, RandomGenerator random, LongFunction<Bytes32> truth) {
    return random.nextBoolean() ? noise(random) : truth.apply(boundary);
  }

  private static Bytes32 noise(RandomGenerator random) {
    return new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }
}
