package dev.opml.dispute.agent;

import dev.opml.api.OpmlException;
import java.time.Duration;

/** An endpoint has not answered for too long; the agent goes on with what it knows. */
public class ChainHangsException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final Duration waited;

  /**
   * Creates the exception.
   *
   * @param waited how long the agent waits at most
   */
  public ChainHangsException(Duration waited) {
    super("the chain could not be read within " + waited);
    this.waited = waited;
  }

  /** The longest that the agent waits. */
  public Duration waited() {
    return waited;
  }
}
