package dev.opml.dispute.chain;

/**
 * The windows of requests and claims, for a request that takes no time to run. Times are in
 * seconds. A chain should finalize a block within the reveal's delay and half its window: so long
 * proposers wait for their seals to be final.
 *
 * @param revealDelay from the seal to the first moment of its reveal
 * @param revealWindow how long the reveal is possible after that
 * @param challengeWindow least time for challenges after the reveal
 * @param sealingWindow least time for sealing that a request gives, and gets anew when a claim
 *     fails
 * @param longestChallengeWindow most time for challenges that a requester may ask for
 * @param longestSealingWindow most time for sealing that a requester may give
 * @see Windows the same for requests that take some
 */
public record WindowRules(
    long revealDelay,
    long revealWindow,
    long challengeWindow,
    long sealingWindow,
    long longestChallengeWindow,
    long longestSealingWindow) {
  /** Longest window of any deployment: a year. Keeps times far from overflow. */
  public static final long LONGEST_WINDOW = 365L * 24 * 3600;

  private static final long TWO_WEEKS = 14L * 24 * 3600;

  /** Checks that windows have a length, and none is longer than {@link #LONGEST_WINDOW}. */
  public WindowRules {
    if (revealDelay < 0 || revealWindow < 1 || challengeWindow < 1 || sealingWindow < 1) {
      throw new IllegalArgumentException("every window must have a length");
    }
    if (longestChallengeWindow < challengeWindow || longestSealingWindow < sealingWindow) {
      throw new IllegalArgumentException("the longest window must not be below the least");
    }
    if (Math.max(revealDelay, revealWindow) > LONGEST_WINDOW
        || Math.max(longestChallengeWindow, longestSealingWindow) > LONGEST_WINDOW) {
      throw new IllegalArgumentException("no window may be longer than a year");
    }
  }

  /**
   * Rules under which a requester may ask for two weeks at most: a proposer's bond is locked no
   * longer than that and its games.
   */
  public WindowRules(
      long revealDelay, long revealWindow, long challengeWindow, long sealingWindow) {
    this(revealDelay, revealWindow, challengeWindow, sealingWindow, TWO_WEEKS, TWO_WEEKS);
  }
}
