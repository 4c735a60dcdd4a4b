package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What an agent knows about one model. Its {@link #model()} must be derived from a file of the
 * agent's own, never taken from a chain: agents touch nothing else. Safe for use by many threads.
 */
public interface ModelRunner {
  /** The model, as derived from the runner's own file. */
  ModelId model();

  /** Runs a request for a claim. */
  Answer answer(InferenceRequest request);

  /**
   * Runs a request for a claim. A runner that makes a trace for it gives the trace away, so that a
   * game about the claim need not make it again.
   *
   * @param keeper takes the trace, and closes it
   */
  default Answer answer(InferenceRequest request, Consumer<Trace> keeper) {
    return answer(request);
  }

  /**
   * Checks a claim about this model.
   *
   * @throws IllegalArgumentException if it is about another one
   */
  Verification verify(Claim claim);

  /** Runs a request for a game; the caller closes the trace. */
  Trace trace(InferenceRequest request);

  /** The honest runner: an executor. It answers by a run, and makes a trace only for a game. */
  static ModelRunner of(Executor executor) {
    return new ExecutorRunner(executor, false);
  }

  /**
   * An honest runner that answers by a trace, which is kept for the games about its claim. An
   * answer takes about twice as long, and a game whose trace is kept begins with no run: for claims
   * that are likely to be challenged, or clocks with little time.
   */
  static ModelRunner tracing(Executor executor) {
    return new ExecutorRunner(executor, true);
  }

  /**
   * A runner that claims, verifies and plays whatever its traces say: a liar's, or one for tests.
   *
   * @param traces gives a trace of this model for a request
   */
  static ModelRunner ofTraces(ModelId model, Function<InferenceRequest, Trace> traces) {
    return new TraceRunner(model, traces);
  }
}
