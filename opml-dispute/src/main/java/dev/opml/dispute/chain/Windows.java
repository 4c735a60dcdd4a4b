package dev.opml.dispute.chain;

import dev.opml.dispute.Block;

/**
 * When the windows of requests and claims begin and end: the one place that the arbiter and its
 * clients ask. Whoever answers, checks or defends a request has to run it, so windows are as much
 * longer as that takes.
 *
 * @param rules the windows of a request that takes no time
 * @param work how long running a request takes
 * @param blockSeconds longest time, in seconds, that one block stands for
 */
public record Windows(WindowRules rules, WorkRules work, long blockSeconds) {
  /** The windows of a deployment. */
  public static Windows of(ArbiterParameters parameters) {
    return new Windows(parameters.windows(), parameters.work(), parameters.blockSeconds());
  }

  /**
   * Least time for sealing: to run the request, and to run it again after a failure.
   *
   * @param traceLength length of the request's trace, in nodes
   */
  public long leastSealing(long traceLength) {
    return rules.sealingWindow() + 2 * work.seconds(traceLength);
  }

  /**
   * Least time for challenges: to run the request, to run it again for its trace, and once more in
   * reserve.
   *
   * @param traceLength length of the request's trace, in nodes
   */
  public long leastChallenge(long traceLength) {
    return rules.challengeWindow() + 3 * work.seconds(traceLength);
  }

  /**
   * The time in which a request can be answered.
   *
   * @param set the block in which the deadline was set
   * @param deadline last second in which a claim can be sealed, since 1970
   */
  public Window sealing(Block set, long deadline) {
    return new Window(set, deadline - set.time(), blockSeconds);
  }

  /**
   * The time from a seal to the first moment of its reveal.
   *
   * @param sealed the block of the seal
   */
  public Window revealDelay(Block sealed) {
    return new Window(sealed, rules.revealDelay(), blockSeconds);
  }

  /**
   * The time from a seal to the last second of its reveal. A proposer that has lost its answer can
   * run the request once more in it.
   *
   * @param sealed the block of the seal
   * @param traceLength length of the request's trace, in nodes
   */
  public Window reveal(Block sealed, long traceLength) {
    return new Window(
        sealed,
        rules.revealDelay() + rules.revealWindow() + work.seconds(traceLength),
        blockSeconds);
  }

  /**
   * The time in which a claim can be challenged.
   *
   * @param revealed the block of the reveal
   * @param policy that of its request
   */
  public Window challenge(Block revealed, FinalityPolicy policy) {
    return new Window(revealed, policy.challengeWindow(), blockSeconds);
  }
}
