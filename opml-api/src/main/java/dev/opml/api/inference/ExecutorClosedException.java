package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/** An executor, or a trace of one, was used after the executor was closed, or while it was. */
public class ExecutorClosedException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public ExecutorClosedException() {
    super("the executor is closed");
  }
}
