package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.toy.Arena;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every deadline has a transaction that is possible until it and one that is possible after it:
 * never both in one second, and never neither.
 */
class BoundaryTest {
  private final Arena arena = new Arena();
  private Trace liar = arena.lying(700, 12_345);

  private void advanceTo(long time) {
    arena.blocks.advance(time - arena.blocks.head().time());
  }

  private ClaimId sealTruth() {
    return arena
        .as(Arena.PROPOSER)
        .seal(
            arena.request,
            Arena.seal(Arena.PROPOSER, arena.request, arena.truth, Arena.SALT),
            arena.truth.output());
  }

  @Test
  void sealing_lastSecond_sealIsPossibleAndRefundIsNot() {
    advanceTo(arena.request().sealingDeadline());
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.REQUESTER).refund(arena.request));
    sealTruth();
  }

  @Test
  void sealing_oneSecondLater_refundIsPossibleAndSealIsNot() {
    advanceTo(arena.request().sealingDeadline() + 1);
    assertRefused(Refusal.TOO_LATE, this::sealTruth);
    arena.as(Arena.STRANGER).refund(arena.request);
    assertEquals(RequestStatus.REFUNDED, arena.request().status());
  }

  @Test
  void reveal_lastSecond_revealIsPossibleAndExpireIsNot() {
    ClaimId claim = sealTruth();
    arena.blocks.advance(60 + 600);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.STRANGER).expire(claim));
    arena.as(Arena.PROPOSER).reveal(claim, Arena.reveal(arena.truth, Arena.SALT));
  }

  @Test
  void reveal_oneSecondLater_expireIsPossibleAndRevealIsNot() {
    ClaimId claim = sealTruth();
    arena.blocks.advance(60 + 600 + 1);
    assertRefused(
        Refusal.TOO_LATE,
        () -> arena.as(Arena.PROPOSER).reveal(claim, Arena.reveal(arena.truth, Arena.SALT)));
    arena.as(Arena.STRANGER).expire(claim);
    arena.assertMoneyConserved();
  }

  /** Blocks that are so far apart that each counts for the 60 seconds that a block stands for. */
  private void standStill(int blocks) {
    for (int i = 0; i < blocks; i++) {
      arena.blocks.standStill(100_000);
    }
  }

  /** 4,000 seconds are 66 blocks and a part. */
  @Test
  void sealing_whileTheChainStandsStill_lastsAsManyBlocks() {
    standStill(66);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.REQUESTER).refund(arena.request));
    sealTruth();
  }

  @Test
  void sealing_oneBlockAfterThose_isOver() {
    standStill(67);
    assertRefused(Refusal.TOO_LATE, this::sealTruth);
    arena.as(Arena.STRANGER).refund(arena.request);
    arena.assertMoneyConserved();
  }

  /** After a failed claim 3,600 seconds count anew, from the block of the failure. */
  @Test
  void sealing_reopenedWhileTheChainStandsStill_lastsAsManyBlocks() {
    ClaimId claim = sealTruth();
    standStill(12);
    arena.as(Arena.STRANGER).expire(claim);
    assertEquals(
        arena.blocks.head().time() + 3600, arena.request().sealingDeadline(), "counted anew");
    standStill(60);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.STRANGER).refund(arena.request));
    arena.blocks.advance(1);
    arena.as(Arena.STRANGER).refund(arena.request);
    arena.assertMoneyConserved();
  }

  /** The delay is one block, 660 seconds are eleven. */
  @Test
  void reveal_whileTheChainStandsStill_lastsAsManyBlocks() {
    ClaimId claim = sealTruth();
    Reveal reveal = Arena.reveal(arena.truth, Arena.SALT);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.PROPOSER).reveal(claim, reveal));
    standStill(11);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.STRANGER).expire(claim));
    arena.as(Arena.PROPOSER).reveal(claim, reveal);
  }

  @Test
  void reveal_oneBlockAfterThose_isOver() {
    ClaimId claim = sealTruth();
    standStill(12);
    assertRefused(
        Refusal.TOO_LATE,
        () -> arena.as(Arena.PROPOSER).reveal(claim, Arena.reveal(arena.truth, Arena.SALT)));
    arena.as(Arena.STRANGER).expire(claim);
    arena.assertMoneyConserved();
  }

  /** 7,200 seconds are 120 blocks. */
  @Test
  void challenge_whileTheChainStandsStill_isPossibleForAsManyBlocks() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    standStill(120);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.PROPOSER).settle(claim));
    arena.challenge(Arena.CHALLENGER, claim, arena.truth);
  }

  @Test
  void challenge_oneBlockAfterThose_settleIsPossibleAndChallengeIsNot() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    standStill(121);
    assertRefused(Refusal.TOO_LATE, () -> arena.challenge(Arena.CHALLENGER, claim, arena.truth));
    arena.as(Arena.PROPOSER).settle(claim);
    assertEquals(RequestStatus.FINAL, arena.request().status());
  }

  @Test
  void challenge_lastSecond_challengeIsPossibleAndSettleIsNot() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    arena.blocks.advance(7200);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.PROPOSER).settle(claim));
    arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    arena.blocks.advance(1);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.PROPOSER).settle(claim));
  }

  @Test
  void challenge_oneSecondLater_settleIsPossibleAndChallengeIsNot() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    arena.blocks.advance(7201);
    assertRefused(Refusal.TOO_LATE, () -> arena.challenge(Arena.CHALLENGER, claim, arena.truth));
    arena.as(Arena.PROPOSER).settle(claim);
    assertEquals(RequestStatus.FINAL, arena.request().status());
  }

  /** In every phase, each of its own kind of move: subdivision, opening, witness. */
  @ParameterizedTest
  @EnumSource(Phase.class)
  void clock_lastSecond_moveIsPossibleAndTimeOutIsNot(Phase phase) {
    GameView game = playTo(phase);
    advanceTo(game.position().word().deadline());
    assertRefused(Refusal.CLOCK_RUNNING, () -> arena.timeOut(game.id()));
    long left = game.position().clocks().secondsOf(game.position().toMove());
    arena.send(game.player(game.position().toMove()), game, move(game));
    GameView after = arena.game(game.id());
    if (after.status() == GameStatus.OPEN) {
      assertEquals(0, after.position().clocks().secondsOf(game.position().toMove()), "of " + left);
    }
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void clock_oneSecondLater_timeOutIsPossibleAndNoMoveIs(Phase phase) {
    GameView game = playTo(phase);
    advanceTo(game.position().word().deadline() + 1);
    assertRefused(
        Refusal.CLOCK_EXPIRED,
        () -> arena.send(game.player(game.position().toMove()), game, move(game)));
    arena.timeOut(game.id());
    assertEquals(
        game.position().toMove() == Side.PROPOSER
            ? GameStatus.CHALLENGER_WON
            : GameStatus.PROPOSER_WON,
        arena.game(game.id()).status());
    arena.assertMoneyConserved();
  }

  private GameView playTo(Phase phase) {
    if (phase == Phase.INSTRUCTION_OPENED) {
      liar = new FabricatedTrace(arena.truth, openedByTheLiar());
    }
    ClaimId claim = arena.claim(Arena.PROPOSER, liar);
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    return arena.playTo(phase, game, liar, arena.truth);
  }

  /** A node that is the liar's to open, and is said to have halted at once. */
  private Fabrication openedByTheLiar() {
    for (long node = 0; ; node++) {
      Arena trial = new Arena();
      Fabrication lie = Fabrication.about(node, 0).with(Fabrication.EndState.AT_ONCE);
      Trace trace = new FabricatedTrace(trial.truth, lie);
      GameId game =
          trial.challenge(Arena.CHALLENGER, trial.claim(Arena.PROPOSER, trace), trial.truth);
      if (trial.playTo(Phase.NODE, game, trace, trial.truth).position().toMove() == Side.PROPOSER) {
        return lie;
      }
    }
  }

  private Move move(GameView game) {
    boolean liars = game.position().toMove() == Side.PROPOSER;
    return arena.choose(game, liars ? liar : arena.truth).orElseThrow();
  }
}
