package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.opml.api.Bytes32;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Ends;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.game.Subdivision;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyMachine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Illegal moves, each with the attack that its refusal closes. The proposer lies, the challenger
 * tells the truth.
 */
class MoveTest {
  private final Arena arena = new Arena();
  private final Trace liar = arena.lying(700, 12_345);
  private final ClaimId claim = arena.claim(Arena.PROPOSER, liar);

  private GameId start() {
    return arena.challenge(Arena.CHALLENGER, claim, arena.truth);
  }

  private GameView at(Phase phase) {
    return arena.playTo(phase, start(), liar, arena.truth);
  }

  private Trace traceOf(GameView game) {
    return game.position().toMove() == Side.PROPOSER ? liar : arena.truth;
  }

  private Address moverOf(GameView game) {
    return game.player(game.position().toMove());
  }

  private Subdivision subdivision(GameView game) {
    return ((Move.Subdivide) arena.choose(game, traceOf(game)).orElseThrow()).subdivision();
  }

  private int segment(GameView game) {
    return ((Move.Subdivide) arena.choose(game, traceOf(game)).orElseThrow()).segment();
  }

  private void assertMoveRefused(Refusal reason, GameView game, int segment, Subdivision move) {
    assertMoveRefused(reason, game, game.position().open(segment), move);
  }

  private void assertMoveRefused(
      Refusal reason, GameView game, OpenedSegment answered, Subdivision move) {
    assertRefused(reason, () -> arena.as(moverOf(game)).subdivide(answered, move));
  }

  @Test
  void challenge_withTheClaimsOwnRoot_isRefused() {
    assertRefused(Refusal.NOTHING_DISPUTED, () -> arena.challenge(Arena.CHALLENGER, claim, liar));
  }

  /** A reorganised chain may put another claim in place of the one that was challenged. */
  @Test
  void challenge_namingAnotherRoot_isRefused() {
    Opening opening =
        arena.chooser().challenge(new StateRoot(new Bytes32(1, 2, 3, 4)), arena.truth);
    assertRefused(
        Refusal.WRONG_CLAIMED_ROOT, () -> arena.as(Arena.CHALLENGER).challenge(claim, opening));
  }

  @Test
  void challenge_twiceBySameAccount_isRefused() {
    start();
    assertRefused(Refusal.DUPLICATE, this::start);
  }

  @Test
  void challenge_byTheProposer_isRefused() {
    assertRefused(Refusal.NOT_YOURS, () -> arena.challenge(Arena.PROPOSER, claim, arena.truth));
  }

  @Test
  void challenge_afterTheWindow_isRefused() {
    arena.blocks.advance(7201);
    assertRefused(Refusal.TOO_LATE, this::start);
  }

  @Test
  void challenge_aSealedClaim_isRefused() {
    ClaimId sealed =
        arena
            .as(Arena.STRANGER)
            .seal(
                arena.request,
                Arena.seal(Arena.STRANGER, arena.request, liar, Arena.SALT),
                liar.output());
    assertRefused(
        Refusal.WRONG_CLAIM_STATUS,
        () ->
            arena
                .as(Arena.CHALLENGER)
                .challenge(sealed, arena.chooser().challenge(liar.finalRoot(), arena.truth)));
  }

  @Test
  void challenge_overLongOrShortSubdivision_isRefused() {
    Opening good =
        arena.chooser().challenge(arena.claim(claim).finalRoot().orElseThrow(), arena.truth);
    for (int count : new int[] {0, 6, 8, 1000}) {
      Opening bad =
          new Opening(
              good.claimedRoot(),
              good.end(),
              Collections.nCopies(count, new StateRoot(Bytes32.ZERO)));
      assertRefused(
          Refusal.WRONG_SUBDIVISION, () -> arena.as(Arena.CHALLENGER).challenge(claim, bad));
    }
  }

  @Test
  void move_byThirdParty_isRefused() {
    GameView game = arena.game(start());
    assertRefused(
        Refusal.NOT_YOURS,
        () ->
            arena
                .as(Arena.STRANGER)
                .subdivide(game.position().open(segment(game)), subdivision(game)));
  }

  @Test
  void move_outOfTurn_isRefused() {
    GameView game = arena.game(start());
    assertRefused(
        Refusal.NOT_YOUR_TURN,
        () ->
            arena
                .as(Arena.CHALLENGER)
                .subdivide(game.position().open(segment(game)), subdivision(game)));
  }

  @Test
  void move_twice_isRefused() {
    GameView game = arena.game(start());
    Subdivision move = subdivision(game);
    OpenedSegment answered = game.position().open(segment(game));
    arena.as(Arena.PROPOSER).subdivide(answered, move);
    assertMoveRefused(Refusal.STALE_POSITION, game, answered, move);
  }

  @Test
  void move_answeringAnOldPosition_isRefused() {
    GameView old = arena.game(start());
    Subdivision move = subdivision(old);
    int segment = segment(old);
    arena.step(old.id(), liar, arena.truth);
    arena.step(old.id(), liar, arena.truth);
    assertMoveRefused(Refusal.STALE_POSITION, old, segment, move);
  }

  @Test
  void move_answeringRootsThatAreNotTheStoredOnes_isRefused() {
    GameView game = arena.game(start());
    Position at = game.position();
    List<Bytes32> forged = new ArrayList<>(at.interior());
    forged.set(3, Bytes32.ZERO);
    Position other =
        new Position(at.game(), at.word(), at.agreed(), forged, at.moverEnd(), at.otherEnd());
    for (int segment = 0; segment < at.segments(); segment++) {
      assertMoveRefused(Refusal.STALE_POSITION, game, other.open(segment), subdivision(game));
    }
  }

  @Test
  void move_inAnUnknownGame_isRefused() {
    GameView game = arena.game(start());
    PositionSummary last = game.position().summary();
    PositionSummary unknown =
        new PositionSummary(new GameId(Bytes32.ZERO), last.word(), last.ends(), last.root());
    assertRefused(Refusal.UNKNOWN_GAME, () -> arena.as(Arena.STRANGER).timeOut(unknown));
    assertRefused(Refusal.UNKNOWN_GAME, () -> arena.as(Arena.STRANGER).close(unknown));
  }

  @Test
  void move_afterTheEnd_isRefused() {
    GameId id = start();
    GameView game = arena.game(id);
    Subdivision move = subdivision(game);
    int segment = segment(game);
    arena.play(id, liar, arena.truth);
    assertMoveRefused(Refusal.GAME_OVER, game, segment, move);
    PositionSummary last = arena.game(id).position().summary();
    assertRefused(Refusal.GAME_OVER, () -> arena.as(Arena.STRANGER).timeOut(last));
    assertRefused(Refusal.GAME_OVER, () -> arena.as(Arena.STRANGER).close(last));
  }

  @Test
  void move_equalEndRoots_isRefused() {
    GameView game = arena.game(start());
    assertMoveRefused(
        Refusal.NOTHING_DISPUTED,
        game,
        2,
        new Subdivision(game.position().commitment(3), subdivision(game).interior()));
  }

  @Test
  void move_segmentOutsideTheInterval_isRefused() {
    GameView game = arena.game(start());
    OpenedSegment good = game.position().open(2);
    for (int segment : new int[] {-1, 8, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      OpenedSegment bad =
          new OpenedSegment(
              good.game(),
              good.word(),
              segment,
              good.ends(),
              good.low(),
              good.high(),
              good.siblings());
      assertMoveRefused(Refusal.SEGMENT_OUT_OF_RANGE, game, bad, subdivision(game));
    }
  }

  @Test
  void move_overLongOrShortSubdivision_isRefused() {
    GameView game = arena.game(start());
    Subdivision good = subdivision(game);
    for (int count : new int[] {0, 6, 8, 64, 5000}) {
      assertMoveRefused(
          Refusal.WRONG_SUBDIVISION,
          game,
          segment(game),
          new Subdivision(good.end(), Collections.nCopies(count, Bytes32.ZERO)));
    }
  }

  /** A segment of one node has nothing to subdivide: an empty segment cannot be made. */
  @Test
  void move_intoASingleNode_takesNoInterior() {
    GameView game = at(Phase.NODE);
    assertEquals(1, game.position().size());
    assertEquals(List.of(), game.position().interior());
  }

  /**
   * Whoever picks the last segment keeps the end that it has said before; else a claim could be
   * swapped for another in play.
   */
  @Test
  void move_lastSegmentWithAnotherEnd_isRefused() {
    GameView game = arena.game(start());
    assertMoveRefused(
        Refusal.END_CHANGED,
        game,
        7,
        new Subdivision(new Bytes32(4, 4, 4, 4), subdivision(game).interior()));
  }

  @Test
  void move_ofAnotherPhase_isRefused() {
    GameView nodes = arena.game(start());
    MachineState any = arena.truth.machine(new NodeIndex(0)).stateAt(InstructionIndex.END);
    assertRefused(
        Refusal.WRONG_PHASE,
        () ->
            arena
                .as(moverOf(nodes))
                .openMachine(nodes.position().open(0), new MachineOpening(any, List.of())));
    assertRefused(
        Refusal.WRONG_PHASE,
        () ->
            arena
                .as(Arena.STRANGER)
                .submitWitness(nodes.position().open(0), ToyMachine.witness(any)));
    GameView node = arena.playTo(Phase.NODE, nodes.id(), liar, arena.truth);
    assertMoveRefused(
        Refusal.WRONG_PHASE,
        node,
        0,
        new Subdivision(node.position().otherEnd().orElseThrow(), List.of()));
    GameView last = arena.playTo(Phase.INSTRUCTION, nodes.id(), liar, arena.truth);
    assertMoveRefused(
        Refusal.WRONG_PHASE,
        last,
        0,
        new Subdivision(last.position().otherEnd().orElseThrow(), List.of()));
  }

  /**
   * The binding of the phases: a player's last machine state contains the root that it disputes
   * with.
   */
  @Test
  void openMachine_endStateWithAnotherRoot_isRefused() {
    GameView game = at(Phase.NODE);
    Address mover = moverOf(game);
    Move.OpenMachine good = (Move.OpenMachine) arena.choose(game, traceOf(game)).orElseThrow();
    MachineState end = good.opening().endState();
    MachineState other =
        new MachineState(
            game.position().moverEnd(),
            end.upperRoot(),
            end.pc(),
            end.count(),
            end.status(),
            end.registers());
    assertRefused(
        Refusal.WRONG_END_STATE,
        () ->
            arena
                .as(mover)
                .openMachine(
                    game.position().open(0), new MachineOpening(other, good.opening().interior())));
    assertRefused(
        Refusal.WRONG_SUBDIVISION,
        () ->
            arena
                .as(mover)
                .openMachine(game.position().open(0), new MachineOpening(end, List.of())));
  }

  /**
   * The first machine state is the arbiter's, from the agreed root: no player can begin elsewhere.
   */
  @Test
  void openMachine_firstStateIsComputedByTheArbiter() {
    GameView game = at(Phase.MACHINE_OPENED);
    NodeIndex node = game.position().node();
    assertEquals(700, node.value());
    try (var machine = arena.truth.machine(node)) {
      assertEquals(
          machine.hashesAt(List.of(new InstructionIndex(0))).getFirst().value(),
          game.position().agreed());
    }
  }

  /**
   * Only a final state, or the state at 2^32, is the state at all later instructions, too: a true
   * state from before the end would beat an honest player.
   */
  @Test
  void openMachine_endStateThatIsNoEnd_isRefused() {
    GameView game = at(Phase.NODE);
    Move.OpenMachine good = (Move.OpenMachine) arena.choose(game, traceOf(game)).orElseThrow();
    MachineState end = good.opening().endState();
    long limit = InstructionIndex.END.value();
    for (long count : new long[] {0, -1, limit + 1, Long.MIN_VALUE}) {
      for (MachineStatus status : MachineStatus.values()) {
        assertOpeningRefused(game, end, count, status);
      }
    }
    for (long count : new long[] {1, 1000, limit - 1}) {
      assertOpeningRefused(game, end, count, MachineStatus.RUNNING);
    }
  }

  private void assertOpeningRefused(
      GameView game, MachineState end, long count, MachineStatus status) {
    MachineState wrong =
        new MachineState(
            end.lowerRoot(), end.upperRoot(), end.pc(), count, status, end.registers());
    assertRefused(
        Refusal.WRONG_END_STATE,
        () ->
            arena
                .as(moverOf(game))
                .openMachine(
                    game.position().open(0),
                    new MachineOpening(wrong, Collections.nCopies(7, Bytes32.ZERO))));
  }

  /** After the opening the other player says its end once, held to no root; then it stays said. */
  @Test
  void subdivide_lastSegmentAfterOpening_saysTheEndOnce() {
    Trace late = arena.lying(700, InstructionIndex.END.value() - 5);
    ClaimId other = arena.claim(Arena.STRANGER, late);
    GameId id = arena.challenge(Arena.CHALLENGER, other, arena.truth);
    GameView game = arena.playTo(Phase.MACHINE_OPENED, id, late, arena.truth);
    assertEquals(Optional.empty(), game.position().otherEnd());
    int last = game.position().segments() - 1;
    Subdivision good =
        new Subdivision(
            new Bytes32(6, 6, 6, 6),
            Collections.nCopies(
                Segments.count(8, game.position().high() - game.position().boundary(last)) - 1,
                Bytes32.ZERO));
    assertMoveRefused(
        Refusal.NOTHING_DISPUTED,
        game,
        last,
        new Subdivision(game.position().moverEnd(), good.interior()));
    arena.as(moverOf(game)).subdivide(game.position().open(last), good);
    GameView said = arena.game(id);
    assertEquals(Optional.of(game.position().moverEnd()), said.position().otherEnd());
    assertEquals(good.end(), said.position().moverEnd());
  }

  /** The forms in which a segment can be opened: exactly what its place needs, nothing else. */
  @Test
  void move_openingWithMoreOrLess_isRefused() {
    GameView game = arena.game(start());
    for (int segment = 0; segment < 8; segment++) {
      OpenedSegment good = game.position().open(segment);
      List<Bytes32> more = new ArrayList<>(good.siblings());
      more.add(Bytes32.ZERO);
      List<Bytes32> fewer = good.siblings().subList(0, good.siblings().size() - 1);
      for (List<Bytes32> siblings : List.of(more, fewer, List.<Bytes32>of())) {
        assertOpeningRefused(game, good, good.ends(), good.low(), siblings);
      }
      boolean given = good.ends() instanceof Ends.Given;
      assertEquals(segment == 0 || segment == 7, given);
      Ends other =
          given
              ? new Ends.Hashed(good.ends().hash())
              : new Ends.Given(game.position().agreed(), game.position().otherEnd().orElseThrow());
      assertOpeningRefused(game, good, other, good.low(), good.siblings());
      if (segment == 0) {
        assertOpeningRefused(game, good, good.ends(), Bytes32.ZERO, good.siblings());
      }
    }
  }

  private void assertOpeningRefused(
      GameView game, OpenedSegment good, Ends ends, Bytes32 low, List<Bytes32> siblings) {
    OpenedSegment bad =
        new OpenedSegment(
            good.game(), good.word(), good.segment(), ends, low, good.high(), siblings);
    assertMoveRefused(Refusal.WRONG_OPENING, game, bad, subdivision(game));
  }

  /**
   * An invalid witness is refused and changes nothing: the clock of the player to move runs on, and
   * out.
   */
  @Test
  void submitWitness_invalid_leavesTheClockRunning() {
    GameView game = at(Phase.INSTRUCTION);
    arena.blocks.advance(30);
    for (Witness bad :
        List.of(
            Witness.of(new byte[0]),
            Witness.of(new byte[4096]),
            ToyMachine.witness(
                arena.truth.machine(new NodeIndex(1)).stateAt(new InstructionIndex(9))))) {
      assertRefused(
          Refusal.INVALID_WITNESS,
          () -> arena.as(moverOf(game)).submitWitness(game.position().open(0), bad));
    }
    assertEquals(game.position(), arena.game(game.id()).position());
    arena.blocks.advance(game.position().word().deadline() - arena.blocks.head().time() + 1);
    arena.timeOut(game.id());
    assertNotEquals(GameStatus.OPEN, arena.game(game.id()).status());
  }

  @Test
  void submitWitness_byAnybody_decidesTheGame() {
    GameView game = at(Phase.INSTRUCTION);
    Move.SubmitWitness move = (Move.SubmitWitness) arena.choose(game, arena.truth).orElseThrow();
    arena.as(Arena.STRANGER).submitWitness(game.position().open(0), move.witness());
    assertEquals(GameStatus.CHALLENGER_WON, arena.game(game.id()).status());
    arena.assertMoneyConserved();
  }

  @Test
  void submitWitness_afterTheClockRanOut_isRefused() {
    GameView game = at(Phase.INSTRUCTION);
    Move.SubmitWitness move = (Move.SubmitWitness) arena.choose(game, arena.truth).orElseThrow();
    arena.blocks.advance(10_000);
    assertRefused(
        Refusal.CLOCK_EXPIRED,
        () -> arena.as(Arena.STRANGER).submitWitness(game.position().open(0), move.witness()));
  }

  /** A position of which the true pick leaves one instruction. */
  private GameView atLastPick() {
    GameView game = at(Phase.MACHINE);
    while (game.position().boundary(segment(game) + 1)
        > game.position().boundary(segment(game)) + 1) {
      arena.step(game.id(), liar, arena.truth);
      game = arena.game(game.id());
    }
    return game;
  }

  private Witness witness(GameView game) {
    long instruction = game.position().boundary(segment(game));
    return arena
        .truth
        .machine(MoveChooser.disputedNode(game.position()))
        .witnessAt(new InstructionIndex(instruction));
  }

  @Test
  void prove_lastPick_isASubdivisionAndAWitnessInOneBlock() {
    MoveTest two = new MoveTest();
    GameView game = atLastPick();
    assertEquals(two.atLastPick().position(), game.position());
    List<ArbiterEvent> events = new ArrayList<>();
    List<ArbiterEvent> ofTwo = new ArrayList<>();
    arena.arbiter.subscribe(logged -> events.add(logged.event()));
    two.arena.arbiter.subscribe(logged -> ofTwo.add(logged.event()));
    Arbiter mover = two.arena.as(moverOf(game));
    mover.subdivide(game.position().open(segment(game)), subdivision(game));
    mover.submitWitness(two.arena.game(game.id()).position().open(0), witness(game));
    arena.as(moverOf(game)).send(proof(game, witness(game)));
    assertEquals(ofTwo, events);
    assertEquals(two.arena.arbiter.totals(), arena.arbiter.totals());
    assertEquals(GameStatus.CHALLENGER_WON, arena.game(game.id()).status());
  }

  private ArbiterCall proof(GameView game, Witness witness) {
    return new ArbiterCall.Prove(game.position().open(segment(game)), subdivision(game), witness);
  }

  @Test
  void prove_invalidWitness_changesNothing() {
    GameView game = atLastPick();
    Arbiter mover = arena.as(moverOf(game));
    assertRefused(Refusal.INVALID_WITNESS, () -> mover.send(proof(game, Witness.of(new byte[0]))));
    assertEquals(game.position(), arena.game(game.id()).position());
    mover.send(proof(game, witness(game)));
    assertNotEquals(GameStatus.OPEN, arena.game(game.id()).status());
  }

  @ParameterizedTest
  @EnumSource(names = {"NODES", "MACHINE_OPENED"})
  void prove_whenMoreIsLeft_isRefused(Phase phase) {
    GameView game = at(phase);
    assertRefused(
        Refusal.WRONG_PHASE,
        () -> arena.as(moverOf(game)).send(proof(game, Witness.of(new byte[0]))));
    assertEquals(game.position(), arena.game(game.id()).position());
  }

  /**
   * A pre-state that both players agreed on but nobody can open: who is to move loses by the clock.
   */
  @Test
  void game_garbageAgreedPreState_whoIsToMoveLosesByTheClock() {
    GameView game = at(Phase.MACHINE);
    // The challenger is to answer or has answered; both now play garbage down to one instruction.
    while (game.position().phase() == Phase.MACHINE) {
      Position at = game.position();
      // Agrees with the first boundary, whatever it is, and disputes the second.
      int segment = at.segments() > 2 ? 1 : 0;
      boolean last = segment == at.segments() - 1;
      int inner = Segments.count(8, at.boundary(segment + 1) - at.boundary(segment)) - 1;
      List<Bytes32> garbage = new ArrayList<>();
      for (int i = 0; i < inner; i++) {
        garbage.add(new Bytes32(at.low(), i, 13, 13));
      }
      arena
          .as(moverOf(game))
          .subdivide(
              at.open(segment),
              new Subdivision(
                  last ? at.otherEnd().orElseThrow() : new Bytes32(at.low(), at.high(), 7, 7),
                  garbage));
      game = arena.game(game.id());
    }
    GameView end = game;
    assertEquals(Phase.INSTRUCTION, end.position().phase());
    assertRefused(
        Refusal.INVALID_WITNESS,
        () ->
            arena
                .as(moverOf(end))
                .submitWitness(
                    end.position().open(0),
                    arena
                        .truth
                        .machine(end.position().node())
                        .witnessAt(new InstructionIndex(end.position().low()))));
    Side loser = end.position().toMove();
    arena.blocks.advance(10_000);
    arena.timeOut(end.id());
    assertEquals(
        loser == Side.PROPOSER ? GameStatus.CHALLENGER_WON : GameStatus.PROPOSER_WON,
        arena.game(end.id()).status());
    arena.assertMoneyConserved();
  }

  @Test
  void gameId_boundToChainArbiterClaimAndChallenger() {
    GameId id = GameId.of(Arena.IDENTITY, claim, Arena.CHALLENGER);
    assertEquals(id, start());
    assertNotEquals(
        id, GameId.of(new ArbiterIdentity(1, Arena.IDENTITY.arbiter()), claim, Arena.CHALLENGER));
    assertNotEquals(id, GameId.of(Arena.IDENTITY, claim, Arena.STRANGER));
  }

  @Test
  void game_ofOneNode_goesStraightIntoTheMachine() {
    Arena single = new Arena(8, GraphMode.SINGLE_PHASE, 50, 3);
    Trace wrong = single.lying(0, 99);
    ClaimId bad = single.claim(Arena.PROPOSER, wrong);
    GameId id = single.challenge(Arena.CHALLENGER, bad, single.truth);
    assertEquals(Phase.NODE, single.game(id).position().phase());
    single.play(id, wrong, single.truth);
    assertEquals(GameStatus.CHALLENGER_WON, single.game(id).status());
  }
}
