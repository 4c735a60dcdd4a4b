package dev.opml.dispute.view;

import dev.opml.api.OpmlException;
import dev.opml.dispute.chain.Header;

/** The newest block is further from the newest finalized one than is followed. */
public class DistantBlockException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final long distance;

  /**
   * Creates the exception.
   *
   * @param newest the newest block
   * @param finalized the newest finalized block
   */
  public DistantBlockException(Header newest, Header finalized) {
    super(
        "block "
            + newest.hash()
            + " has the number "
            + newest.number()
            + ", too far above the finalized block "
            + finalized.number());
    this.distance = newest.number() - finalized.number();
  }

  /** Number of blocks between the two. */
  public long distance() {
    return distance;
  }
}
