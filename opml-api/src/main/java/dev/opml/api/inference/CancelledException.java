package dev.opml.api.inference;

import dev.opml.api.OpmlException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call was ended early: its listener said so, or its thread was interrupted, which it then still
 * is.
 */
public class CancelledException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable InferenceResult partial;

  /** Creates the exception of a call that has nothing to show. */
  public CancelledException() {
    super("cancelled");
    this.partial = null;
  }

  /** Creates the exception of a generation that has produced tokens. */
  public CancelledException(InferenceResult partial) {
    super("cancelled after " + partial.output().size() + " tokens");
    this.partial = partial;
  }

  /**
   * The result of a generation so far: that of a request for just the tokens that it has generated.
   * Like any result it supports a claim. Empty for other calls, before the first token, and after
   * serialization.
   */
  public Optional<InferenceResult> partial() {
    return Optional.ofNullable(partial);
  }
}
