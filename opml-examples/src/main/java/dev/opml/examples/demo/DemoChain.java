package dev.opml.examples.demo;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.Deployment;
import java.util.function.Consumer;

/**
 * A chain with an arbiter, and with accounts that have money. Its time is moved on by hand, so that
 * windows of a day pass at once. Not thread-safe.
 */
public interface DemoChain extends AutoCloseable {
  /** Time from block to block where it can be chosen, in seconds. */
  long USUAL_BLOCK_SECONDS = 12;

  /** Who takes part. */
  enum Account {
    /** Registers the model. */
    PUBLISHER,
    /** Asks. */
    REQUESTER,
    /** Answers. */
    PROPOSER,
    /** Checks the answer. */
    CHALLENGER
  }

  /** The arbiter that agents are told to trust. */
  Deployment deployment();

  /** An account's connection. */
  Arbiter connect(Account account);

  /** Time of a round: as long as it takes until there is a block, in seconds. */
  long blockSeconds();

  /** Lets at least so much time pass, and blocks be made. */
  void advance(long seconds);

  /** Tells somebody of every event from now on, in order. */
  void watch(Consumer<ArbiterEvent> watcher);

  /** Tells the watchers what they have not been told yet. */
  void tell();

  /** Wei that nobody will ever get. */
  Wei burnt();

  /** Gas of the transactions; none where there is no gas. */
  GasReport gas();

  @Override
  void close();
}
