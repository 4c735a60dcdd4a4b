package dev.opml.dispute.agent;

import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.game.Segments;

/**
 * Adds up the work of own claims, as if all of them were challenged at once, and compares it with
 * the time that one clock leaves for traces: all of it but that for moves and for the off-chain
 * machine. Made anew in each round.
 */
final class Defence {
  private final ArbiterParameters parameters;
  private final int atOnce;
  private long seconds;
  private long longest;
  private long leastTime = Long.MAX_VALUE;

  /** Begins with no claims. */
  Defence(AgentContext context) {
    this(context.expected().parameters(), context.limits().traces().atOnce());
  }

  /**
   * Begins with no claims.
   *
   * @param atOnce traces that are made at once
   */
  Defence(ArbiterParameters parameters, int atOnce) {
    this.parameters = parameters;
    this.atOnce = atOnce;
  }

  /**
   * Adds a claim, which takes a trace.
   *
   * @param traceLength number of nodes, N
   */
  void addClaim(long traceLength) {
    add(traceLength, 1);
  }

  /** Adds an answer in the making: a run that has to end first, and then a claim. */
  void addAnswer(long traceLength) {
    add(traceLength, 2);
  }

  private void add(long traceLength, int runs) {
    long work = work(traceLength);
    seconds += runs * work;
    longest = Math.max(longest, work);
    leastTime = Math.min(leastTime, time(traceLength));
  }

  /** Whether one more answer can be made, and all claims be defended. */
  boolean allowsAnswer(long traceLength) {
    Defence more = new Defence(parameters, atOnce);
    more.seconds = seconds;
    more.longest = longest;
    more.leastTime = leastTime;
    more.addAnswer(traceLength);
    return more.suffices();
  }

  /**
   * Whether the last of the traces ends in time, whatever their order: it begins when no more than
   * the others are made, shared among those that are made at once.
   */
  private boolean suffices() {
    return seconds + (atOnce - 1) * longest <= atOnce * leastTime;
  }

  private long work(long traceLength) {
    return parameters.work().seconds(traceLength);
  }

  /** What a game leaves for making its trace. */
  private long time(long traceLength) {
    int moves = (Segments.mostMoves(parameters.arity(), traceLength) + 1) / 2;
    return parameters.clocks().total(parameters.work().seconds(traceLength))
        - parameters.clocks().machineSeconds()
        - moves * parameters.clocks().secondsPerMove();
  }
}
