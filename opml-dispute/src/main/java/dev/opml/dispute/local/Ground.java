package dev.opml.dispute.local;

import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Block;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Windows;

/**
 * The common ground of all parts of the arbiter: identity, parameters, time, money and events.
 * Guarded by the arbiter's lock.
 */
final class Ground {
  private final ArbiterIdentity identity;
  private final ArbiterParameters parameters;
  private final Windows windows;
  private final Ledger ledger = new Ledger();
  private final EventLog log = new EventLog();
  private final BlockLog blocks = new BlockLog();
  private Block block;

  Ground(ArbiterIdentity identity, ArbiterParameters parameters, Block block) {
    this.identity = identity;
    this.parameters = parameters;
    this.windows = Windows.of(parameters);
    this.block = block;
  }

  /** Starts a transaction: all of it is in one block, even if the clock ticks meanwhile. */
  void begin(Block head) {
    block = head;
  }

  ArbiterIdentity identity() {
    return identity;
  }

  ArbiterParameters parameters() {
    return parameters;
  }

  Ledger ledger() {
    return ledger;
  }

  EventLog log() {
    return log;
  }

  BlockLog blocks() {
    return blocks;
  }

  /** The transaction's block. */
  Block block() {
    return block;
  }

  /** Time of the transaction's block. */
  long now() {
    return block.time();
  }

  Windows windows() {
    return windows;
  }

  void emit(ArbiterEvent event) {
    log.add(event);
    blocks.add(event);
  }

  /** Ends a transaction that took effect. */
  void commit() {
    blocks.commit(block);
    ledger.commit();
  }
}
