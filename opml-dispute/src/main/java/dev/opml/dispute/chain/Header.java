package dev.opml.dispute.chain;

import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;

/**
 * A block of a chain, by its hash.
 *
 * @param hash its identity
 * @param parent the block before it, whose number is smaller
 * @param block its number and time
 */
public record Header(BlockHash hash, BlockHash parent, Block block) {
  /** Stands for the place before the first block of any chain; its events are none. */
  public static final Header START = new Header(BlockHash.NONE, BlockHash.NONE, new Block(0, 0));

  /** Height of the block. */
  public long number() {
    return block.number();
  }
}
