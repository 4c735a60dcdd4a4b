package dev.opml.dispute.local;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.MoneyRules;

/**
 * How a lost bond is divided. The reward, the quota of every other open game and what is burnt are
 * together exactly the bond, and what is burnt is at least its cut. All of it is fixed when the
 * bond is lost, so neither the order in which games are closed nor who closes them changes
 * anything.
 *
 * @param reward for the winner
 * @param quota kept for each of the claim's other open games; no game can be paid from another's
 * @param burnt burnt at once
 */
record LostBond(Wei reward, Wei quota, Wei burnt) {
  /**
   * Divides the bond of a challenger whose challenge failed.
   *
   * @param owed what is due to the proposer, with the bounty
   */
  static LostBond ofChallenge(MoneyRules money, Wei owed) {
    Wei bond = money.challengerBond();
    Wei reward = owed.min(money.rest(bond));
    return new LostBond(reward, Wei.ZERO, bond.minus(reward));
  }

  /**
   * Divides the bond of a refuted claim.
   *
   * @param owed what is due to the challenger, with the bounty
   * @param right whether the challenger told the truth; else its reward is burnt
   * @param otherGames games of the claim that are still open
   */
  static LostBond ofClaim(MoneyRules money, Wei bond, Wei owed, boolean right, int otherGames) {
    Wei rest = money.rest(bond);
    Wei earned = owed.min(rest);
    Wei quota = otherGames == 0 ? Wei.ZERO : rest.minus(earned).dividedBy(otherGames);
    Wei reward = right ? earned : Wei.ZERO;
    return new LostBond(reward, quota, bond.minus(reward).minus(quota.times(otherGames)));
  }

  /** The part of a game's quota that is paid when the game is closed; the rest is burnt. */
  static Wei paidOnClose(Wei due, Wei quota) {
    return due.min(quota);
  }
}
