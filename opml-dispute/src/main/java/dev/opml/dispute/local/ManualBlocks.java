package dev.opml.dispute.local;

import dev.opml.dispute.Block;

/** Time that passes when it is told to: for tests and demonstrations. */
public final class ManualBlocks implements BlockSource {
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
   * Starts a new block.
   *
   * @param seconds after the last one, 0 or more
   */
  public synchronized Block advance(long seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException("time does not go back: " + seconds);
    }
    head = new Block(head.number() + 1, head.time() + seconds);
    return head;
  }
}
