package dev.opml.dispute;

import dev.opml.api.OpmlException;

/** An arbiter refused a transaction; nothing has changed. */
public class ArbiterRefusedException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final Refusal reason;

  /**
   * Creates the exception.
   *
   * @param reason the rule that was broken
   * @param detail expected and actual values, for people
   */
  public ArbiterRefusedException(Refusal reason, String detail) {
    super(reason + ": " + detail);
    this.reason = reason;
  }

  /** Creates the exception for a refusal that something else explains. */
  public ArbiterRefusedException(Refusal reason, Throwable cause) {
    super(reason + ": " + cause.getMessage(), cause);
    this.reason = reason;
  }

  /** The rule that was broken. */
  public Refusal reason() {
    return reason;
  }

  /**
   * Refuses unless a condition holds.
   *
   * @throws ArbiterRefusedException if it does not
   */
  public static void require(boolean holds, Refusal reason, String detail) {
    if (!holds) {
      throw new ArbiterRefusedException(reason, detail);
    }
  }
}
