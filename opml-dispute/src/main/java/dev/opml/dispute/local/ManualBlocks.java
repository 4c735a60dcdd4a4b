package dev.opml.dispute.local;

import dev.opml.dispute.Block;

/** Time that passes when it is told to: for tests and demonstrations. */
public final class ManualBlocks implements BlockSource {
  /** Seconds from a block to the next, as long as the chain runs. */
  public static final long SECONDS_PER_BLOCK = 12;

  private Block head;

  /** Starts in block 1, at a time that means nothing. */
  public ManualBlocks() {
    head = new Block(1, 1_700_000_000);
  }

  @Override
  public synchronized Block head() {
    return head;
  }

  /**
   * Starts as many blocks as a running chain makes in some time, and at least one.
   *
   * @param seconds from the last block to the newest, 0 or more
   */
  public synchronized Block advance(long seconds) {
    return advance(Math.max(1, Math.ceilDiv(seconds, SECONDS_PER_BLOCK)), seconds);
  }

  /**
   * Starts one block after the chain stood still.
   *
   * @param seconds from the last block to this one, 0 or more
   */
  public synchronized Block standStill(long seconds) {
    return advance(1, seconds);
  }

  private Block advance(long blocks, long seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException("time does not go back: " + seconds);
    }
    head = new Block(head.number() + blocks, head.time() + seconds);
    return head;
  }
}
