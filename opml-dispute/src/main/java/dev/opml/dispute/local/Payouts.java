package dev.opml.dispute.local;

import dev.opml.dispute.Wei;
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
  private final MoneyRules money;

  Payouts(Ground ground, ClaimBook claims) {
    this.ground = ground;
    this.claims = claims;
    this.money = ground.parameters().money();
  }

  /**
   * Ends a game that somebody won.
   *
   * @param right whether the winner told the truth; a challenger who did not gets no reward
   * @param moves accepted moves of the winner, the witness not among them
   */
  void end(GameRecord game, Side winner, boolean right, int moves, GameEndReason reason) {
    boolean byWitness = reason == GameEndReason.INSTRUCTION_EXECUTED;
    Wei owed = money.rewards().due(moves, byWitness).plus(money.bounty());
    game.claim.openGames--;
    if (winner == Side.PROPOSER) {
      proposerWon(game, reason, LostBond.ofChallenge(money, owed));
    } else {
      challengerWon(
          game,
          reason,
          LostBond.ofClaim(money, game.claim.bond(), owed, right, game.claim.openGames));
    }
  }

  private void proposerWon(GameRecord game, GameEndReason reason, LostBond lost) {
    game.status = GameStatus.PROPOSER_WON;
    ground.ledger().credit(game.claim.proposer, lost.reward());
    ground.ledger().burn(lost.burnt());
    ground.emit(
        new GameEvent.Ended(
            game.id, reason, Optional.of(Side.PROPOSER), lost.reward(), Wei.ZERO, lost.burnt()));
  }

  private void challengerWon(GameRecord game, GameEndReason reason, LostBond lost) {
    game.status = GameStatus.CHALLENGER_WON;
    Wei returned = money.challengerBond();
    ground.ledger().credit(game.challenger, lost.reward().plus(returned));
    ground.ledger().burn(lost.burnt());
    ground.emit(
        new GameEvent.Ended(
            game.id, reason, Optional.of(Side.CHALLENGER), lost.reward(), returned, Wei.ZERO));
    claims.refute(game.claim, lost.quota(), lost.burnt());
  }

  /**
   * Ends a game whose claim was refuted in another: its challenger did not lose, so it gets its
   * bond and, up to the game's quota, what is due to it.
   *
   * @param moves accepted moves of the challenger
   */
  void close(GameRecord game, int moves) {
    game.status = GameStatus.CLOSED;
    game.claim.openGames--;
    Wei quota = game.claim.quota;
    Wei paid = LostBond.paidOnClose(money.rewards().due(moves, false), quota);
    Wei unpaid = quota.minus(paid);
    Wei returned = money.challengerBond();
    ground.ledger().credit(game.challenger, paid.plus(returned));
    ground.ledger().burn(unpaid);
    ground.emit(
        new GameEvent.Ended(
            game.id, GameEndReason.CLAIM_REFUTED, Optional.empty(), paid, returned, unpaid));
  }
}
