package dev.opml.ethereum;

import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;

/** A deployment's first block is not before its arbiter, so that events could be missed. */
public class WrongFirstBlockException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long firstBlock;

  /** Creates the exception. */
  public WrongFirstBlockException(Address arbiter, long firstBlock) {
    super("the first block %d is not before arbiter %s".formatted(firstBlock, arbiter));
    this.firstBlock = firstBlock;
  }

  /** Number of the block that the deployment names. */
  public long firstBlock() {
    return firstBlock;
  }
}
