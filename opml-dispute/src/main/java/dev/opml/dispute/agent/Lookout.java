package dev.opml.dispute.agent;

import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.view.ChainFollower;
import dev.opml.dispute.view.ChainView;
import java.time.Duration;

/**
 * Keeps an eye on the chain for an agent. A round looks once and decides on what it saw; a task
 * takes what was seen last. If the chain cannot be read, what was seen before stays. Everything but
 * a seal may be decided on that: each move names the position it answers, and each other
 * transaction has an effect once, so that one which comes too late is refused. A seal that nobody
 * waits for locks a bond. Thread-safe.
 */
final class Lookout {
  /** A read that takes so many times longer than it is waited for is interrupted. */
  private static final int MOST = 12;

  /**
   * Attempts to read the chain before an agent gives up starting. What one has read is kept for the
   * next: all reads of a start seldom succeed in a row if an endpoint fails now and then.
   */
  private static final int FIRST_ATTEMPTS = 64;

  private final AgentContext context;
  private final ChainFollower follower;
  private final Duration wait;
  private final Patience patience;

  /** For transactions, so that one that cannot be looked up keeps nobody from the chain. */
  private final Patience patienceForOne;

  /** Looks for the first time, however long it takes to read all there is. */
  Lookout(AgentContext context) {
    this.context = context;
    this.wait = context.limits().handOver();
    this.patience = patience("opml-chain");
    this.patienceForOne = patience("opml-outcome");
    this.follower =
        new ChainFollower(
            context.arbiter(), context.expected().parameters(), context.arbiter().account());
    readAll();
  }

  private void readAll() {
    for (int left = FIRST_ATTEMPTS; ; left--) {
      try {
        follower.refresh();
        return;
      } catch (RuntimeException e) {
        if (left == 1 || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        context.listener().onFailure(context.expected().identity(), e);
      }
    }
  }

  private Patience patience(String name) {
    return new Patience(name, wait, () -> new ChainHangsException(wait));
  }

  /** Looks, for a round. Returns whether it could; if not, the listener is told why. */
  boolean look() {
    try {
      ChainView _ = fresh();
      return true;
    } catch (Throwable e) {
      context.listener().onFailure(context.expected().identity(), e);
      patience.interruptAfter(wait.multipliedBy(MOST));
      return false;
    } finally {
      patienceForOne.interruptAfter(wait.multipliedBy(MOST));
    }
  }

  /** Looks what has become of a transaction. */
  TransactionOutcome outcome(TransactionHash hash) {
    return patienceForOne.call(() -> context.arbiter().outcome(hash));
  }

  /** The chain as it is now. */
  ChainView fresh() {
    return patience.call(follower::refresh);
  }

  /** The chain as it was seen last. */
  ChainView now() {
    return follower.latest();
  }
}
