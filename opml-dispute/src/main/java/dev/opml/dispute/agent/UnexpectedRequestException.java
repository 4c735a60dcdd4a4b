package dev.opml.dispute.agent;

import dev.opml.api.OpmlException;
import dev.opml.dispute.RequestId;

/**
 * A chain says something else about a request than the agent computes from the request's terms and
 * the model's id: whoever stakes a bond on it plays about another trace than its own.
 */
public class UnexpectedRequestException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient RequestId request;
  private final String field;

  /**
   * Creates the exception.
   *
   * @param request the request as the chain names it
   * @param field the part that differs
   * @param computed the agent's own value
   * @param actual the chain's value
   */
  public UnexpectedRequestException(
      RequestId request, String field, Object computed, Object actual) {
    super(
        "%s of request %s: computed %s, the chain says %s"
            .formatted(field, request, computed, actual));
    this.request = request;
    this.field = field;
  }

  /** The request as the chain names it. */
  public RequestId request() {
    return request;
  }

  /**
   * The part that differs: id, model, inputPath, inputRoot, initialRoot or traceLength, or claim or
   * outputRoot of a claim about the request.
   */
  public String field() {
    return field;
  }
}
