package dev.opml.dispute.chain;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import java.util.List;

/**
 * Reads a chain. Every answer is about one block that the caller names, so answers fit together
 * whichever endpoint gives them, and one that does not know the block says so: an empty answer
 * means that there is nothing. Calls block; they may be interrupted. Safe for use by many threads.
 */
public interface ChainReader {
  /** Identity, parameters and code of the arbiter. */
  Deployment deployment();

  /** Number of a block before which there is nothing of the arbiter: nobody need read those. */
  default long firstBlock() {
    return 0;
  }

  /** The newest block that is as certain as asked. Of an endpoint that lags it is an older one. */
  Header head(Finality finality);

  /**
   * A block by its hash, whether it is still part of the chain or not.
   *
   * @throws UnknownBlockException if the endpoint does not know it
   */
  Header header(BlockHash hash);

  /**
   * The finalized block with a number, or the nearest before it if the chain has left that number
   * out.
   *
   * @throws UnknownBlockException if the endpoint has finalized no block with this number or above
   */
  Header finalHeader(long number);

  /**
   * The arbiter's events of exactly one block, in order.
   *
   * @throws UnknownBlockException if the endpoint does not know the block
   */
  List<LoggedEvent> events(BlockHash block);

  /**
   * The arbiter's events of a range of finalized blocks, in order.
   *
   * @param from number of the first block
   * @param to the last block, itself finalized
   * @throws UnknownBlockException if the endpoint does not know {@code to} as finalized
   */
  List<LoggedEvent> finalEvents(long from, Header to);

  /**
   * The money of an account after a block.
   *
   * @throws UnknownBlockException if the endpoint does not know the block
   */
  Funds funds(Address account, BlockHash block);
}
