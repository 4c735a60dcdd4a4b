package dev.opml.dispute.chain;

import dev.opml.dispute.Wei;

/**
 * What a game costs and pays.
 *
 * @param bond least bond, the same for both players
 * @param bounty what the winner of a game gets beside its gas
 * @param burnBasisPoints least share of a loser's bond that its winner never gets, in hundredths of
 *     a percent, 5,000 to 10,000. So nobody profits from fighting oneself
 * @param moveGas most gas that is reimbursed for a move
 * @param witnessGas most gas that is reimbursed for a witness
 * @param gasPriceCap highest price of a unit of gas that is reimbursed
 */
public record MoneyRules(
    Wei bond, Wei bounty, int burnBasisPoints, long moveGas, long witnessGas, Wei gasPriceCap) {
  private static final int HALF = 5_000;
  private static final int ALL = 10_000;

  /** Checks the ranges above. */
  public MoneyRules {
    if (burnBasisPoints < HALF || burnBasisPoints > ALL) {
      throw new IllegalArgumentException(
          "the burnt share must be at least half, got " + burnBasisPoints + " basis points");
    }
    if (moveGas < 0 || witnessGas < 0) {
      throw new IllegalArgumentException("gas cannot be negative");
    }
  }

  /** The most that the winner of a game can be owed for {@code moves} moves and a witness. */
  public Wei mostReward(int moves) {
    return gasPriceCap.times(moveGas).times(moves).plus(gasPriceCap.times(witnessGas)).plus(bounty);
  }

  /** The part of a loser's bond that its winner may get. */
  public Wei rewardLimit(Wei lost) {
    return lost.minus(lost.shareRoundedUp(burnBasisPoints));
  }
}
