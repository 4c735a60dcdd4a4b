package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import java.util.function.Consumer;

/**
 * A runner that does what its executor says.
 *
 * @param tracing whether it answers by a trace
 */
record ExecutorRunner(Executor executor, boolean tracing) implements ModelRunner {
  @Override
  public ModelId model() {
    return executor.model().modelId();
  }

  @Override
  public Answer answer(InferenceRequest request) {
    InferenceResult result = executor.run(request);
    return new Answer(result.output(), result.finalRoot(), result.outputPath());
  }

  @Override
  public Answer answer(InferenceRequest request, Consumer<Trace> keeper) {
    return tracing ? Answer.of(trace(request), keeper) : answer(request);
  }

  @Override
  public Verification verify(Claim claim) {
    Verification verdict = executor.verify(claim);
    if (verdict instanceof Verification.WrongModel wrong) {
      // Not a verdict to stake a bond on: somebody else's model is no reason to challenge.
      throw new IllegalArgumentException(
          "the claim is about model %s, this is %s".formatted(wrong.claimed(), wrong.computed()));
    }
    return verdict;
  }

  @Override
  public Trace trace(InferenceRequest request) {
    return executor.trace(request);
  }
}
