package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;

/**
 * An arbiter that scenarios are played on. All are {@link Recorder#IDENTITY}, and their machine
 * gives the result that its witness is.
 */
interface TestedArbiter extends AutoCloseable {
  /** A model that calls may name. */
  void know(SyntheticModel model);

  /** An account's connection. */
  Arbiter connect(Address account);

  /**
   * Makes a call.
   *
   * @param at the block that it is in, unless it is refused; after all blocks of earlier ones
   */
  Turn send(Block at, Address sender, ArbiterCall call) throws Exception;

  @Override
  void close();
}
