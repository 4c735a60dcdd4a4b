package dev.opml.dispute.chain;

import dev.opml.dispute.Block;

/**
 * A span of time from a block on, in which somebody may do something and after which somebody else
 * may do another thing. It counts as {@link Block#secondsSince} does: a chain that stands still
 * takes nobody's time.
 *
 * @param start the block that it begins in
 * @param seconds its length; it ends with its last second
 * @param blockSeconds longest time, in seconds, that one block stands for
 */
public record Window(Block start, long seconds, long blockSeconds) {
  /** Seconds that are left in a block: 0 in the last second, negative once the window is over. */
  public long secondsLeft(Block now) {
    return seconds - now.secondsSince(start, blockSeconds);
  }

  /** Whether the window has ended before a block. */
  public boolean isOver(Block now) {
    return secondsLeft(now) < 0;
  }

  /** Whether all seconds of the window have passed in a block, its last one included. */
  public boolean hasPassed(Block now) {
    return secondsLeft(now) <= 0;
  }

  /** Time of its last second, in seconds since 1970, if the chain does not stand still. */
  public long deadline() {
    return start.time() + seconds;
  }
}
