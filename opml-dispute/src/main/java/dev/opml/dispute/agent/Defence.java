package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.game.Segments;

/**
 * Adds up the work of own claims, as if all of them were challenged at once, and compares it with
 * the time that one clock leaves for traces: all of it but that for moves and for the off-chain
 * machine. That holds for traces that are made once, so all of them have to fit among those that
 * are kept. Made anew in each round.
 */
final class Defence {
  private final ArbiterParameters parameters;
  private final Effort effort;
  private final TraceLimits limits;
  private int claims;
  private long bytes;
  private long seconds;
  private long longest;
  private long leastTime = Long.MAX_VALUE;

  /** Begins with no claims. */
  Defence(AgentContext context) {
    this(context.expected().parameters(), Effort.of(context), context.limits().traces());
  }

  /** Begins with no claims. */
  Defence(ArbiterParameters parameters, Effort effort, TraceLimits limits) {
    this.parameters = parameters;
    this.effort = effort;
    this.limits = limits;
  }

  /**
   * Adds a claim, which takes a trace.
   *
   * @param traceLength number of nodes, N
   */
  void addClaim(ModelId model, long traceLength) {
    add(effort.trace(model, traceLength), traceLength);
  }

  /** Adds an answer in the making: a run that has to end first, and then a claim. */
  void addAnswer(ModelId model, long traceLength) {
    seconds += effort.run(model, traceLength);
    addClaim(model, traceLength);
  }

  private void add(long trace, long traceLength) {
    claims++;
    bytes += TraceLimits.bytes(traceLength);
    seconds += trace;
    longest = Math.max(longest, trace);
    leastTime = Math.min(leastTime, time(traceLength));
  }

  /** Whether one more answer can be made, and all claims be defended. */
  boolean allowsAnswer(ModelId model, long traceLength) {
    Defence more = nothing();
    more.claims = claims;
    more.bytes = bytes;
    more.seconds = seconds;
    more.longest = longest;
    more.leastTime = leastTime;
    more.addAnswer(model, traceLength);
    return more.suffices();
  }

  /** Whether an answer could be made and its claim be defended if there were no other. */
  boolean allowsAlone(ModelId model, long traceLength) {
    return nothing().allowsAnswer(model, traceLength);
  }

  private Defence nothing() {
    return new Defence(parameters, effort, limits);
  }

  /**
   * Whether the last of the traces ends in time, whatever their order: it begins when no more than
   * the others are made, shared among those that are made at once.
   */
  private boolean suffices() {
    return areKept() && seconds + (limits.atOnce() - 1) * longest <= limits.atOnce() * leastTime;
  }

  /** Whether no trace is dropped for another, and made again for each move. One is never. */
  private boolean areKept() {
    return claims == 1 || limits.allow(claims, bytes);
  }

  /** Seconds that a game leaves for making its trace. */
  private long time(long traceLength) {
    int moves = (Segments.mostMoves(parameters.arity(), traceLength) + 1) / 2;
    return parameters.clocks().total(parameters.work().seconds(traceLength))
        - parameters.clocks().machineSeconds()
        - moves * parameters.clocks().secondsPerMove();
  }
}
