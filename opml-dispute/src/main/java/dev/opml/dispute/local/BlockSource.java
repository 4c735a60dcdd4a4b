package dev.opml.dispute.local;

import dev.opml.dispute.Block;

/**
 * Where the in-process arbiter gets its time from. Safe for use by many threads; the first number
 * is above 0, neither number nor time ever goes back, and while time passes there are new blocks:
 * clocks count no more time than blocks stand for.
 */
public interface BlockSource {
  /** The block that a transaction sent now is part of. */
  Block head();
}
