package dev.opml.dispute.local;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.game.Side;
import java.util.Optional;

/** Who gets what when a game ends. Guarded by the arbiter's lock. */
final class Payouts {
  private final Ground ground;
  private final ClaimBook claims;

  Payouts(Ground ground, ClaimBook claims) {
    this.ground = ground;
    this.claims = claims;
  }

  /**
   * Ends a game that somebody won.
   *
   * @param rewarded whether the winner gets its reward; else it is burnt
   */
  void end(GameRecord game, Side winner, boolean rewarded, GameEndReason reason) {
    Wei reward = reward(game, winner);
    Wei kept = game.claim.bond().minus(reward);
    Wei paid = rewarded ? reward : Wei.ZERO;
    Wei unpaid = rewarded ? Wei.ZERO : reward;
    ground.ledger().credit(game.player(winner), paid);
    if (winner == Side.PROPOSER) {
      game.status = GameStatus.PROPOSER_WON;
      ground.ledger().burn(unpaid.plus(kept));
      ended(game, reason, Optional.of(winner), paid, Wei.ZERO, unpaid.plus(kept), Wei.ZERO);
    } else {
      game.status = GameStatus.CHALLENGER_WON;
      ground.ledger().burn(unpaid);
      ground.ledger().credit(game.challenger, game.claim.bond());
      game.claim.pot = kept;
      ended(game, reason, Optional.of(winner), paid, game.claim.bond(), unpaid, kept);
      claims.refute(game.claim);
    }
    leave(game.claim);
  }

  private Wei reward(GameRecord game, Side winner) {
    MoneyRules money = ground.parameters().money();
    return game.spent(winner).plus(money.bounty()).min(money.rewardLimit(game.claim.bond()));
  }

  /**
   * Ends a game whose claim was refuted in another: its challenger did not lose, so it pays nothing
   * while the pot lasts.
   */
  void close(GameRecord game) {
    game.status = GameStatus.CLOSED;
    Wei gas = game.spent(Side.CHALLENGER).min(game.claim.pot);
    game.claim.pot = game.claim.pot.minus(gas);
    ground.ledger().credit(game.challenger, gas.plus(game.claim.bond()));
    ended(
        game,
        GameEndReason.CLAIM_REFUTED,
        Optional.empty(),
        gas,
        game.claim.bond(),
        Wei.ZERO,
        Wei.ZERO);
    leave(game.claim);
  }

  /** The last game of a refuted claim takes the rest of the bond with it. */
  private void leave(ClaimRecord claim) {
    claim.openGames--;
    if (claim.openGames == 0 && !claim.pot.isZero()) {
      ground.emit(new ArbiterEvent.PotBurnt(claim.id, claim.pot));
      ground.ledger().burn(claim.pot);
      claim.pot = Wei.ZERO;
    }
  }

  private void ended(
      GameRecord game,
      GameEndReason reason,
      Optional<Side> winner,
      Wei reward,
      Wei returned,
      Wei burnt,
      Wei pot) {
    ground.emit(new GameEvent.Ended(game.id, reason, winner, reward, returned, burnt, pot));
  }
}
