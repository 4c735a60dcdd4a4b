package dev.opml.dispute.local;

import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Block;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;

/** What every part of the arbiter stands on: identity, parameters, time, money and events. */
record Ground(
    ArbiterIdentity identity,
    ArbiterParameters parameters,
    BlockSource blocks,
    Ledger ledger,
    EventLog log) {
  long now() {
    return blocks.head().time();
  }

  void emit(ArbiterEvent event) {
    Block head = blocks.head();
    log.add(head, event);
  }
}
