package dev.opml.dispute.game;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.local.MoneyTotals;
import dev.opml.dispute.toy.Arena;
import dev.opml.merkle.Keccak256;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Games in which everybody also sends what is no move: forged words, openings, ends and summaries.
 * And the hash of a position, computed a second time from docs/protocol.md.
 */
class HostileCallsTest {
  private static final int GAMES = 40;
  private static final int CALLS = 25;
  private static final long STEPS = 1L << 40;
  private static final List<Address> ANYBODY =
      List.of(Arena.PROPOSER, Arena.CHALLENGER, Arena.STRANGER);

  private final Set<Phase> seen = EnumSet.noneOf(Phase.class);

  @Test
  void game_anyForgedCall_isRefusedByNameAndChangesNothing() {
    for (long seed = 1; seed <= GAMES; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      Arena arena = arena(random);
      Trace lie = lie(arena, random);
      boolean proposerLies = random.nextBoolean();
      Trace proposers = proposerLies ? lie : arena.truth;
      Trace challengers = proposerLies ? arena.truth : lie;
      ClaimId claim = arena.claim(Arena.PROPOSER, proposers);
      GameId id = arena.challenge(Arena.CHALLENGER, claim, challengers);
      while (arena.game(id).status() == GameStatus.OPEN) {
        arena.blocks.advance(random.nextInt(30));
        GameView view = arena.game(id);
        seen.add(view.position().phase());
        assertEquals(referenceHash(view.position()), view.positionHash().value(), "seed " + seed);
        forge(arena, view, random, "seed " + seed);
        boolean proposersTurn = view.position().toMove() == Side.PROPOSER;
        Trace mover = proposersTurn ? proposers : challengers;
        Optional<Move> move = arena.choose(view, mover);
        if (move.isPresent()) {
          arena.send(view.player(view.position().toMove()), view, move.get());
        } else {
          assertNotEquals(arena.truth, mover, "an honest player has no move, seed " + seed);
          arena.blocks.advance(50_000);
          arena.timeOut(id);
        }
      }
      assertEquals(
          proposerLies ? GameStatus.CHALLENGER_WON : GameStatus.PROPOSER_WON,
          arena.game(id).status(),
          "seed " + seed);
    }
    assertEquals(EnumSet.allOf(Phase.class), seen);
  }

  private static Arena arena(RandomGenerator random) {
    Arity arity = new Arity(2 + random.nextInt(63), 2 + random.nextInt(63));
    if (random.nextInt(6) == 0) {
      return new Arena(arity, GraphMode.SINGLE_PHASE, 7, random.nextLong());
    }
    long nodes = random.nextInt(8) == 0 ? STEPS : 1 + random.nextLong(1L << random.nextInt(41));
    return Arena.ofLength(arity, nodes, random.nextLong());
  }

  private static Trace lie(Arena arena, RandomGenerator random) {
    long length = arena.truth.length();
    long node = random.nextInt(3) == 0 ? length - 1 : random.nextLong(length);
    Fabrication.EndState[] ends = Fabrication.EndState.values();
    long instruction = random.nextBoolean() ? random.nextLong(200) : random.nextLong(1L << 32);
    return new FabricatedTrace(
        arena.truth, Fabrication.about(node, instruction).with(ends[random.nextInt(ends.length)]));
  }

  private static void forge(Arena arena, GameView view, RandomGenerator random, String where) {
    Position at = view.position();
    for (int i = 0; i < CALLS; i++) {
      MoneyTotals totals = arena.arbiter.totals();
      int events = arena.events().size();
      Arbiter anybody = arena.as(ANYBODY.get(random.nextInt(ANYBODY.size())));
      OpenedSegment forged = forgedOpening(at, random);
      if (isHonest(at, forged)) {
        continue;
      }
      PositionSummary summary =
          random.nextBoolean()
              ? at.summary()
              : new PositionSummary(
                  forged.game(), forged.word(), forged.ends().hash(), noise(random));
      int kind = random.nextInt(5);
      assertThrows(
          ArbiterRefusedException.class,
          () -> {
            switch (kind) {
              case 0 ->
                  anybody.subdivide(
                      forged, new Subdivision(noise(random), noise(random.nextInt(70), random)));
              case 1 ->
                  anybody.openMachine(
                      forged,
                      new MachineOpening(state(at, random), noise(random.nextInt(70), random)));
              case 2 -> anybody.submitWitness(forged, Witness.of(new byte[random.nextInt(500)]));
              case 3 -> anybody.timeOut(summary);
              default -> anybody.close(summary);
            }
          },
          where + ", kind " + kind);
      assertEquals(totals, arena.arbiter.totals(), where);
      assertEquals(events, arena.events().size(), where);
      assertEquals(view, arena.game(view.id()), where);
    }
  }

  private static boolean isHonest(Position at, OpenedSegment opened) {
    return opened.segment() >= 0
        && opened.segment() < at.segments()
        && opened.equals(at.open(opened.segment()));
  }

  private static OpenedSegment forgedOpening(Position at, RandomGenerator random) {
    OpenedSegment opened = at.open(random.nextInt(at.segments()));
    for (int i = 0; i <= random.nextInt(3); i++) {
      opened = forgedOnce(at, opened, random);
    }
    return opened;
  }

  private static OpenedSegment forgedOnce(Position at, OpenedSegment of, RandomGenerator random) {
    GameId game = of.game();
    PositionWord word = of.word();
    int segment = of.segment();
    Ends ends = of.ends();
    Bytes32 low = of.low();
    Bytes32 high = of.high();
    List<Bytes32> siblings = of.siblings();
    switch (random.nextInt(10)) {
      case 0 -> segment = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(70) - 2;
      case 1 -> ends = new Ends.Hashed(of.ends().hash());
      case 2 -> ends = new Ends.Given(at.agreed(), at.otherEnd().orElse(Bytes32.ZERO));
      case 3 -> ends = new Ends.Given(noise(random), noise(random));
      case 4 -> low = random.nextBoolean() ? noise(random) : at.agreed();
      case 5 -> high = random.nextBoolean() ? noise(random) : at.moverEnd();
      case 6 -> siblings = noise(random.nextInt(12), random);
      case 7 -> siblings = Collections.nCopies(random.nextInt(10_000), Bytes32.ZERO);
      case 8 -> word = forgedWord(word, random);
      default -> game = new GameId(noise(random));
    }
    return new OpenedSegment(game, word, segment, ends, low, high, siblings);
  }

  private static PositionWord forgedWord(PositionWord word, RandomGenerator random) {
    Phase phase = random.nextBoolean() ? word.phase() : Phase.values()[random.nextInt(6)];
    int moves = random.nextBoolean() ? word.moves() : 1 + random.nextInt(255);
    NodeIndex node = random.nextBoolean() ? word.node() : new NodeIndex(random.nextLong(STEPS));
    Clocks most =
        new Clocks(
            Clocks.MOST_SECONDS, Clocks.MOST_SECONDS, new Block((1L << 36) - 1, (1L << 34) - 1));
    Clocks clocks = random.nextBoolean() ? word.clocks() : most;
    return switch (random.nextInt(3)) {
      case 0 -> new PositionWord(phase, moves, node, word.low(), word.high(), clocks);
      case 1 -> new PositionWord(phase, moves, node, 0, STEPS, clocks);
      default -> new PositionWord(phase, moves, node, STEPS - 1, STEPS, clocks);
    };
  }

  /** An end state that no opening may have. */
  private static MachineState state(Position at, RandomGenerator random) {
    long[] counts = {0, -1, (1L << 32) + 1, Long.MIN_VALUE, Long.MAX_VALUE};
    return new MachineState(
        at.end(at.toMove()).orElse(at.moverEnd()),
        noise(random),
        random.nextLong(),
        counts[random.nextInt(counts.length)],
        MachineStatus.values()[random.nextInt(3)],
        Collections.nCopies(MachineState.REGISTERS, random.nextLong()));
  }

  private static Bytes32 noise(RandomGenerator random) {
    return random.nextInt(6) == 0
        ? Bytes32.ZERO
        : new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private static List<Bytes32> noise(int size, RandomGenerator random) {
    List<Bytes32> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(noise(random));
    }
    return values;
  }

  /** The hash of a position as docs/protocol.md tells it, with none of the code that it checks. */
  private static Bytes32 referenceHash(Position at) {
    List<Bytes32> leaves = new ArrayList<>(at.interior());
    leaves.add(at.moverEnd());
    Bytes32 ends = keccak(at.agreed(), at.otherEnd().orElse(Bytes32.ZERO));
    ByteBuffer preimage = ByteBuffer.allocate(1 + 4 * Bytes32.SIZE);
    preimage.put((byte) 5).put(at.game().value().toByteArray()).put(referenceWord(at));
    return Keccak256.hash(
        preimage.put(ends.toByteArray()).put(referenceRoot(leaves).toByteArray()).array());
  }

  private static byte[] referenceWord(Position at) {
    PositionWord word = at.word();
    int phase =
        switch (at.phase()) {
          case NODES -> 0;
          case NODE -> 1;
          case MACHINE_OPENED -> 2;
          case INSTRUCTION_OPENED -> 3;
          case MACHINE -> 4;
          case INSTRUCTION -> 5;
        };
    long node = at.phase() == Phase.NODE ? word.low() : word.node().value();
    String bits =
        bits(phase, 4)
            + bits(word.moves(), 8)
            + bits(node, 40)
            + bits(word.low(), 40)
            + bits(word.high() - 1, 40)
            + bits(word.clocks().proposerSeconds(), 27)
            + bits(word.clocks().challengerSeconds(), 27)
            + bits(word.clocks().turnStarted().time(), 34)
            + bits(word.clocks().turnStarted().number(), 36);
    // The leading one keeps leading zeros; it is cut off again.
    byte[] packed = new BigInteger("1" + bits, 2).toByteArray();
    return ByteBuffer.allocate(Bytes32.SIZE).put(packed, 1, Bytes32.SIZE).array();
  }

  private static String bits(long value, int width) {
    String digits = Long.toBinaryString(value);
    assertTrue(digits.length() <= width);
    return "0".repeat(width - digits.length()) + digits;
  }

  private static Bytes32 referenceRoot(List<Bytes32> leaves) {
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    List<Bytes32> above = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i += 2) {
      above.add(keccak(leaves.get(i), i + 1 < leaves.size() ? leaves.get(i + 1) : Bytes32.ZERO));
    }
    return referenceRoot(above);
  }

  private static Bytes32 keccak(Bytes32 left, Bytes32 right) {
    return Keccak256.hash(
        ByteBuffer.allocate(2 * Bytes32.SIZE)
            .put(left.toByteArray())
            .put(right.toByteArray())
            .array());
  }

  @Test
  void fold_changedLeafOrSibling_isAnotherRoot() {
    RandomGenerator random = new SplittableRandom(5);
    Bytes32 other = new Bytes32(9, 9, 9, 9);
    for (int m = 1; m <= Arity.MOST; m++) {
      List<Bytes32> leaves = noise(m, random);
      Bytes32 root = referenceRoot(leaves);
      for (int j = 0; j < m; j++) {
        List<Bytes32> siblings = CommitmentTree.siblings(leaves, j);
        Bytes32 before = j == 0 ? Bytes32.ZERO : leaves.get(j - 1);
        assertEquals(root, CommitmentTree.fold(m, j, leaves.get(j), before, siblings));
        assertNotEquals(root, CommitmentTree.fold(m, j, other, before, siblings));
        if (j > 0) {
          assertNotEquals(root, CommitmentTree.fold(m, j, leaves.get(j), other, siblings));
        }
        for (int i = 0; i < siblings.size(); i++) {
          List<Bytes32> changed = new ArrayList<>(siblings);
          changed.set(i, other);
          assertNotEquals(root, CommitmentTree.fold(m, j, leaves.get(j), before, changed));
        }
      }
    }
  }

  @Test
  void timeOut_chainStoodStill_isTooEarly() {
    Arena arena = new Arena();
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    Trace lie = arena.lying(3, 3);
    GameId id = arena.challenge(Arena.CHALLENGER, claim, lie);
    long before = arena.game(id).position().clocks().proposerSeconds();
    arena.blocks.standStill(1_000_000);
    assertRefused(Refusal.CLOCK_RUNNING, () -> arena.timeOut(id));
    arena.step(id, arena.truth, lie);
    assertEquals(
        before - arena.parameters.blockSeconds(),
        arena.game(id).position().clocks().proposerSeconds());
  }

  /** The time of two runs of the request is on both clocks, and that for the machine. */
  @Test
  void challenge_clocks_beginWithTheTimeOfTheWork() {
    Arena arena = new Arena(Arity.of(8), GraphMode.ROW_PER_NODE, 500_000, 3);
    assertEquals(50, arena.parameters.work().seconds(500_000));
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    GameId id = arena.challenge(Arena.CHALLENGER, claim, arena.lying(3, 3));
    Clocks clocks = arena.game(id).position().clocks();
    assertEquals(3598 + 2 * 50 + 2000, clocks.proposerSeconds());
    assertEquals(clocks.proposerSeconds(), clocks.challengerSeconds());
  }

  /** Whoever answers a false opening of one instruction was right: it gets all that is due. */
  @Test
  void submitWitness_ofTheOnlyInstruction_paysWhoSaidNothingFalse() {
    int opened = 0;
    for (boolean proposerLies : new boolean[] {true, false}) {
      for (long node = 320; node < 340; node++) {
        Arena arena = new Arena();
        Trace lie =
            new FabricatedTrace(
                arena.truth, Fabrication.about(node, 0).with(Fabrication.EndState.AT_ONCE));
        Trace proposers = proposerLies ? lie : arena.truth;
        Trace challengers = proposerLies ? arena.truth : lie;
        ClaimId claim = arena.claim(Arena.PROPOSER, proposers);
        GameId id = arena.challenge(Arena.CHALLENGER, claim, challengers);
        boolean onlyOne = false;
        while (arena.game(id).status() == GameStatus.OPEN) {
          onlyOne |= arena.game(id).position().phase() == Phase.INSTRUCTION_OPENED;
          arena.step(id, proposers, challengers);
        }
        if (onlyOne) {
          opened++;
          assertTrue(Arena.BOUNTY.isLessThan(end(arena).reward()), end(arena).toString());
        }
      }
    }
    assertTrue(opened > 0);
  }

  private static GameEvent.Ended end(Arena arena) {
    return arena.events().stream()
        .map(LoggedEvent::event)
        .filter(GameEvent.Ended.class::isInstance)
        .map(GameEvent.Ended.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void subdivide_lastSegmentInTheMachineWithAnotherEnd_isRefused() {
    Arena arena = new Arena();
    Trace lie = arena.lying(700, 4567);
    ClaimId claim = arena.claim(Arena.PROPOSER, lie);
    GameId id = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    GameView view = arena.playTo(Phase.MACHINE, id, lie, arena.truth);
    Position at = view.position();
    int last = at.segments() - 1;
    int inner = Segments.count(8, at.high() - at.boundary(last)) - 1;
    Arbiter mover = arena.as(view.player(at.toMove()));
    Subdivision another =
        new Subdivision(new Bytes32(6, 6, 6, 6), Collections.nCopies(inner, Bytes32.ZERO));
    assertRefused(Refusal.END_CHANGED, () -> mover.subdivide(at.open(last), another));
  }

  @Test
  void submitWitness_withAnotherStartThanTheAgreedOne_isRefused() {
    Arena arena = new Arena();
    Trace lie = arena.lying(700, 4567);
    ClaimId claim = arena.claim(Arena.PROPOSER, lie);
    GameId id = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    OpenedSegment good = arena.playTo(Phase.INSTRUCTION, id, lie, arena.truth).position().open(0);
    OpenedSegment bad =
        new OpenedSegment(
            good.game(), good.word(), 0, good.ends(), Bytes32.ZERO, good.high(), good.siblings());
    assertRefused(
        Refusal.WRONG_OPENING,
        () -> arena.as(Arena.STRANGER).submitWitness(bad, Witness.of(new byte[0])));
  }

  @Test
  void mostMoves_anotherArityInsideANode_countsBoth() {
    assertEquals(1 + 7 + 1 + 32 + 1, Segments.mostMoves(new Arity(64, 2), STEPS));
    assertEquals(1 + 40 + 1 + 6 + 1, Segments.mostMoves(new Arity(2, 64), STEPS));
  }
}
