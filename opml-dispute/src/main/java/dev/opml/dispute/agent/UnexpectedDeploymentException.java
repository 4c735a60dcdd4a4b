package dev.opml.dispute.agent;

import dev.opml.api.OpmlException;
import dev.opml.dispute.chain.Deployment;

/** An arbiter is not the one that an agent was told to trust. */
public class UnexpectedDeploymentException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient Deployment expected;
  private final transient Deployment actual;

  /** Creates the exception. */
  public UnexpectedDeploymentException(Deployment expected, Deployment actual) {
    super("expected " + expected + ", found " + actual);
    this.expected = expected;
    this.actual = actual;
  }

  /** The deployment that the agent was told. */
  public Deployment expected() {
    return expected;
  }

  /** The deployment that the arbiter says it is. */
  public Deployment actual() {
    return actual;
  }
}
