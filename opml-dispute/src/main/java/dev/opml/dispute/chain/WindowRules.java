package dev.opml.dispute.chain;

/**
 * The windows of a claim's life. Times are in seconds.
 *
 * @param revealDelay from the seal to the first moment of its reveal
 * @param revealWindow how long the reveal is possible after that
 * @param challengeWindow least time for challenges after the reveal
 * @param sealingWindow least time for sealing that a request gives, and gets anew when a claim
 *     fails
 */
public record WindowRules(
    long revealDelay, long revealWindow, long challengeWindow, long sealingWindow) {
  /** Longest window that a request may ask for: a year. Keeps times far from overflow. */
  public static final long LONGEST_WINDOW = 365L * 24 * 3600;

  /** Checks that windows have a length, and none is longer than {@link #LONGEST_WINDOW}. */
  public WindowRules {
    if (revealDelay < 0 || revealWindow < 1 || challengeWindow < 1 || sealingWindow < 1) {
      throw new IllegalArgumentException("every window must have a length");
    }
    if (Math.max(Math.max(revealDelay, revealWindow), Math.max(challengeWindow, sealingWindow))
        > LONGEST_WINDOW) {
      throw new IllegalArgumentException("no window may be longer than a year");
    }
  }
}
