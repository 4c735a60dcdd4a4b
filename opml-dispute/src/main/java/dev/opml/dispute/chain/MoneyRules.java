package dev.opml.dispute.chain;

import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.Wei;

/**
 * Bonds, rewards and what is burnt. All of them are constants of a deployment; no amount depends on
 * the price of gas.
 *
 * @param claimBond not 0; part of a claim's least bond that does not depend on the trace
 * @param claimBondPerNode part of a claim's least bond for each node of the trace: whoever makes
 *     others check a long trace risks more
 * @param challengerBond not 0; bond of every challenger, whatever the request asks of its proposer
 * @param bounty for the winner of a game, beside what is due to it
 * @param burnBasisPoints share of a lost bond that is burnt whatever else happens, in hundredths of
 *     a percent, 5,000 to 10,000. So nobody profits from fighting oneself
 * @param rewards fixed amounts for the gas of a game
 * @param coveredGames number of games, beside the one that refutes it, for which a claim's bond
 *     pays all that is due; not a limit to the number of games. 0 to {@value #MOST_COVERED_GAMES}
 */
public record MoneyRules(
    Wei claimBond,
    Wei claimBondPerNode,
    Wei challengerBond,
    Wei bounty,
    int burnBasisPoints,
    Rewards rewards,
    int coveredGames) {
  private static final int HALF = 5_000;
  private static final int ALL = 10_000;
  private static final int MOST_COVERED_GAMES = 1_000;
  private static final int MOST_TIMES_LEAST = 10;

  /** Checks the ranges above, and that every amount fits 96 bits. */
  public MoneyRules {
    if (burnBasisPoints < HALF || burnBasisPoints > ALL) {
      throw new IllegalArgumentException(
          "the burnt share must be at least half, got " + burnBasisPoints + " basis points");
    }
    if (coveredGames < 0 || coveredGames > MOST_COVERED_GAMES) {
      throw new IllegalArgumentException("a bond cannot cover " + coveredGames + " games");
    }
    if (challengerBond.isZero() || claimBond.isZero()) {
      throw new IllegalArgumentException(
          "a claim or a challenge that costs nothing is never ended");
    }
    challengerBond.requireFits("a challenger's bond");
    bounty.requireFits("the bounty");
    claimBond
        .plus(claimBondPerNode.times(GraphHeader.MAX_TRACE_LENGTH))
        .times(MOST_TIMES_LEAST)
        .requireFits("the highest bond of a claim on the longest trace");
  }

  /**
   * Lowest bond that a request may ask of a claim.
   *
   * @param traceLength number of nodes N, at least 1
   */
  public Wei leastBond(long traceLength) {
    return claimBond.plus(claimBondPerNode.times(traceLength));
  }

  /**
   * Highest bond that a request may ask of a claim: ten times the lowest.
   *
   * @param traceLength number of nodes N, at least 1
   */
  public Wei mostBond(long traceLength) {
    return leastBond(traceLength).times(MOST_TIMES_LEAST);
  }

  /** The part of a lost bond that is burnt whatever else happens, rounded up to a whole wei. */
  public Wei cut(Wei lost) {
    return lost.shareRoundedUp(burnBasisPoints);
  }

  /** The part of a lost bond that rewards are paid from. */
  public Wei rest(Wei lost) {
    return lost.minus(cut(lost));
  }
}
