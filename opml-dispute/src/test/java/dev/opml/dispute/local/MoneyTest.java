package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.BOND;
import static dev.opml.dispute.toy.Arena.BOUNTY;
import static dev.opml.dispute.toy.Arena.CHALLENGER;
import static dev.opml.dispute.toy.Arena.PROPOSER;
import static dev.opml.dispute.toy.Arena.STRANGER;
import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.game.Subdivision;
import dev.opml.dispute.toy.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who gets what, and who cannot get what. */
class MoneyTest {
  private final Arena arena = new Arena();
  private final Trace liar = arena.lying(321, 4567);

  private GameEvent.Ended end(GameId game) {
    return arena.as(STRANGER).eventsSince(0).stream()
        .map(e -> e.event())
        .filter(GameEvent.Ended.class::isInstance)
        .map(GameEvent.Ended.class::cast)
        .filter(e -> e.game().equals(game))
        .findFirst()
        .orElseThrow();
  }

  private Wei burnt() {
    return arena.arbiter.totals().burnt();
  }

  @Test
  void challengerWins_getsBondGasAndBounty_restIsBurnt() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId game = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(game, liar, arena.truth);
    Wei reward = arena.game(game).challengerSpent().plus(BOUNTY);
    assertTrue(BOUNTY.isLessThan(reward));
    assertEquals(BOND.plus(reward), arena.credit(CHALLENGER));
    assertEquals(BOND.minus(reward), burnt());
    assertEquals(Wei.ZERO, arena.credit(PROPOSER));
    assertEquals(reward, end(game).reward());
    assertEquals(GameEndReason.INSTRUCTION_EXECUTED, end(game).reason());
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.challenge(STRANGER, claim, arena.truth));
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.as(PROPOSER).settle(claim));
  }

  @Test
  void proposerWins_getsGasAndBountyAndKeepsItsClaim() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    arena.play(game, arena.truth, liar);
    Wei reward = arena.game(game).proposerSpent().plus(BOUNTY);
    assertEquals(reward, arena.credit(PROPOSER));
    assertEquals(Wei.ZERO, arena.credit(CHALLENGER));
    assertEquals(BOND.minus(reward), burnt());
    arena.blocks.advance(7201);
    arena.as(PROPOSER).settle(claim);
    assertEquals(ClaimStatus.FINAL, arena.claim(claim).status());
    arena.assertMoneyConserved();
  }

  @Test
  void proposer_facingManyChallengers_isPaidForEach() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    List<GameId> games = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Address challenger = Address.named("attacker " + i);
      arena.arbiter.fund(challenger, BOND);
      games.add(arena.challenge(challenger, claim, arena.lying(100 * i, 3)));
    }
    Wei reward = Wei.ZERO;
    for (int i = 0; i < 5; i++) {
      arena.play(games.get(i), arena.truth, arena.lying(100 * i, 3));
      reward = reward.plus(arena.game(games.get(i)).proposerSpent()).plus(BOUNTY);
    }
    assertEquals(reward, arena.credit(PROPOSER));
    assertEquals(0, arena.claim(claim).openGames());
  }

  /**
   * A false claim's accomplice loses a game on purpose: honest challengers have their own games.
   */
  @Test
  void accompliceChallenger_losingOnPurpose_savesNobody() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId accomplice = arena.challenge(STRANGER, claim, arena.lying(1, 1));
    arena.step(accomplice, liar, arena.lying(1, 1));
    arena.blocks.advance(4601);
    arena.as(PROPOSER).timeOut(accomplice);
    assertEquals(GameStatus.PROPOSER_WON, arena.game(accomplice).status());
    GameId honest = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(honest, liar, arena.truth);
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    arena.assertMoneyConserved();
  }

  @Test
  void move_inAGameWhoseClaimWasRefutedElsewhere_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId accomplice = arena.challenge(STRANGER, claim, arena.lying(1, 1));
    GameId honest = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(honest, liar, arena.truth);
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    assertRefused(Refusal.CLAIM_REFUTED, () -> arena.step(accomplice, liar, arena.lying(1, 1)));
  }

  /**
   * The cheater's accomplice wins the race to refute: the honest challenger gets its bond and the
   * gas of its moves.
   */
  @Test
  void refutation_byAnother_closesOtherGamesWithBondAndGas() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId slow = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.step(slow, liar, arena.truth);
    arena.step(slow, liar, arena.truth);
    GameId fast = arena.challenge(STRANGER, claim, arena.truth);
    arena.play(fast, liar, arena.truth);
    Wei spent = arena.game(slow).challengerSpent();
    assertFalse(spent.isZero());
    Wei pot = arena.claim(claim).pot();
    arena.as(Arena.REQUESTER).close(slow);
    assertEquals(BOND.plus(spent), arena.credit(CHALLENGER));
    assertEquals(pot.minus(spent), burnt());
    assertEquals(GameStatus.CLOSED, arena.game(slow).status());
    assertRefused(Refusal.GAME_OVER, () -> arena.as(Arena.REQUESTER).close(slow));
    arena.assertMoneyConserved();
  }

  @Test
  void close_aGameWhoseClaimStands_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(CHALLENGER).close(game));
  }

  /** Proposer and challenger in one hand lose at least half a bond, whoever wins and however. */
  @Test
  void fightingOneself_losesAtLeastHalfABond() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId game = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(game, liar, arena.truth);
    Wei back = arena.credit(PROPOSER).plus(arena.credit(CHALLENGER));
    Wei half = BOND.shareRoundedUp(5000);
    assertFalse(BOND.plus(BOND).minus(half).isLessThan(back), "got back " + back);
  }

  /**
   * Both players lie about the last instruction: the claim is false either way, but nobody is
   * rewarded for it.
   */
  @Test
  void neitherHashMatches_challengerWinsAndItsRewardIsBurnt() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId id = arena.challenge(CHALLENGER, claim, arena.truth);
    GameView game = arena.playTo(Phase.MACHINE, id, liar, arena.truth);
    // From here both give noise at the end of the first segment, down to one instruction.
    while (game.position().phase() == Phase.MACHINE) {
      var at = game.position();
      boolean only = at.segments() == 1;
      int interior = Segments.count(8, at.boundary(1) - at.low()) - 1;
      List<dev.opml.api.Bytes32> noise = new ArrayList<>();
      for (int i = 0; i < interior; i++) {
        noise.add(new dev.opml.api.Bytes32(i, at.low(), 1, at.mover().code()));
      }
      arena
          .as(game.player(at.toMove()))
          .subdivide(
              at,
              new Subdivision(
                  0,
                  only
                      ? at.otherEnd()
                      : new dev.opml.api.Bytes32(at.high(), at.low(), 2, at.mover().code()),
                  noise,
                  Optional.empty()));
      game = arena.game(id);
    }
    GameView last = game;
    try (var machine = arena.truth.machine(last.position().node())) {
      var index = new dev.opml.api.trace.InstructionIndex(last.position().low());
      assertEquals(machine.hashesAt(List.of(index)).getFirst().value(), last.position().agreed());
      arena.as(STRANGER).submitWitness(last.position(), machine.witnessAt(index));
    }
    assertEquals(GameStatus.CHALLENGER_WON, arena.game(id).status());
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    assertEquals(BOND, arena.credit(CHALLENGER));
    assertEquals(Wei.ZERO, end(id).reward());
    assertEquals(BOND, burnt());
    arena.assertMoneyConserved();
  }

  @Test
  void twoGamesOnOneClaim_doNotTouchEachOther() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    Trace other = arena.lying(999, 0);
    GameId first = arena.challenge(CHALLENGER, claim, liar);
    GameId second = arena.challenge(STRANGER, claim, other);
    GameView before = arena.game(second);
    arena.play(first, arena.truth, liar);
    assertEquals(before, arena.game(second));
    // A position of one game is nothing in the other.
    var foreign = arena.game(first).position();
    assertRefused(
        Refusal.GAME_OVER,
        () ->
            arena
                .as(PROPOSER)
                .subdivide(
                    foreign,
                    new Subdivision(0, dev.opml.api.Bytes32.ZERO, List.of(), Optional.empty())));
    arena.play(second, arena.truth, other);
    assertEquals(GameStatus.PROPOSER_WON, arena.game(second).status());
    assertEquals(ClaimStatus.REVEALED, arena.claim(claim).status());
  }

  /**
   * Nobody's money is locked by another's game: bonds come from who challenges, credits can be
   * withdrawn at once.
   */
  @Test
  void withdraw_duringOtherGames_paysEverythingCredited() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId first = arena.challenge(CHALLENGER, claim, liar);
    arena.challenge(STRANGER, claim, arena.lying(5, 5));
    arena.play(first, arena.truth, liar);
    Wei credit = arena.credit(PROPOSER);
    Wei before = arena.as(PROPOSER).balance(PROPOSER);
    assertEquals(credit, arena.as(PROPOSER).withdraw());
    assertEquals(before.plus(credit), arena.as(PROPOSER).balance(PROPOSER));
    arena.assertMoneyConserved();
  }

  @Test
  void challenge_withoutTheBond_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    assertRefused(
        Refusal.INSUFFICIENT_FUNDS,
        () -> arena.challenge(Address.named("poor"), claim, arena.truth));
    arena.assertMoneyConserved();
  }

  /**
   * A price of gas above the cap is reimbursed at the cap, so that no reward exceeds its share of
   * the bond.
   */
  @Test
  void reward_atAnyGasPrice_staysBelowItsShareOfTheBond() {
    LocalArbiter dear =
        new LocalArbiter(
            Arena.IDENTITY,
            arena.parameters,
            arena.truth.toyMachine(),
            arena.blocks,
            ModelledGas.measured(Wei.ether(1)));
    GasMeter meter = new GasMeter(ModelledGas.measured(Wei.ether(1)), arena.parameters.money());
    assertEquals(Wei.gwei(200).times(29_300 + 7 * 2_510), meter.move(7, false));
    assertEquals(Wei.gwei(200).times(250_000), meter.move(10_000, true));
    assertEquals(Wei.gwei(200).times(250_000), meter.witness());
    assertTrue(dear.totals().conserved());
  }

  @Test
  void timeOut_beforeTheClockRanOut_isRefusedAndAfterItAnybodyMay() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    long deadline = arena.game(game).clocks().deadline();
    arena.blocks.advance(deadline - arena.blocks.head().time());
    assertRefused(Refusal.CLOCK_RUNNING, () -> arena.as(STRANGER).timeOut(game));
    arena.blocks.advance(1);
    assertRefused(Refusal.CLOCK_EXPIRED, () -> arena.step(game, arena.truth, liar));
    arena.as(STRANGER).timeOut(game);
    assertEquals(GameStatus.CHALLENGER_WON, arena.game(game).status());
    assertEquals(GameEndReason.TIME_OUT, end(game).reason());
    assertEquals(Optional.of(Side.CHALLENGER), end(game).winner());
    arena.assertMoneyConserved();
  }

  /**
   * With odd amounts and shares nothing is lost to rounding, and what is kept is never below its
   * share.
   */
  @Test
  void shareRoundedUp_anyAmount_neverKeepsLess() {
    for (long wei = 0; wei < 50; wei++) {
      for (int share : new int[] {5000, 5001, 9999, 10_000}) {
        Wei kept = Wei.of(wei).shareRoundedUp(share);
        Wei paid = Wei.of(wei).minus(kept);
        assertEquals(Wei.of(wei), kept.plus(paid));
        assertFalse(kept.times(10_000).isLessThan(Wei.of(wei).times(share)));
        assertTrue(kept.times(10_000).isLessThan(Wei.of(wei).times(share).plus(Wei.of(10_000))));
      }
    }
  }
}
