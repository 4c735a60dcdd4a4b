package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;
import dev.opml.dispute.BlockHash;

/**
 * An endpoint does not know a block, or not yet: it lags, or the block is no part of its chain any
 * more. It is asked again, or another is; no answer is not an empty answer.
 */
public class UnknownBlockException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String block;

  /** Creates the exception for a block by its hash. */
  public UnknownBlockException(BlockHash hash) {
    this("block " + hash);
  }

  /** Creates the exception for a finalized block by its number. */
  public UnknownBlockException(long number) {
    this("finalized block " + number);
  }

  private UnknownBlockException(String block) {
    super("the endpoint does not know " + block);
    this.block = block;
  }

  /** The block that was asked for. */
  public String block() {
    return block;
  }
}
