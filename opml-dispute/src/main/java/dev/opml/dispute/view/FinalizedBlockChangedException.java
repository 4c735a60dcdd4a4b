package dev.opml.dispute.view;

import dev.opml.api.OpmlException;
import dev.opml.dispute.BlockHash;

/**
 * A chain shows a branch that does not contain a block which it had called finalized. Either an
 * endpoint follows another chain than the others, or the network has broken its promise, and people
 * have to look.
 */
public class FinalizedBlockChangedException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient BlockHash finalized;
  private final transient BlockHash other;

  /**
   * Creates the exception.
   *
   * @param finalized the block that was finalized
   * @param other the block that takes its place, or comes after one that does
   */
  public FinalizedBlockChangedException(BlockHash finalized, BlockHash other) {
    super("block " + finalized + " was finalized, but is not on the branch of " + other);
    this.finalized = finalized;
    this.other = other;
  }

  /** The block that was finalized. */
  public BlockHash finalized() {
    return finalized;
  }

  /** The block that takes its place, or comes after one that does. */
  public BlockHash other() {
    return other;
  }
}
