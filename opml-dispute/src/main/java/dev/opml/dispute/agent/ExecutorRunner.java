package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.Trace;

/** A runner that does what its executor says. */
record ExecutorRunner(Executor executor) implements ModelRunner {
  @Override
  public ModelId model() {
    return executor.model().modelId();
  }

  @Override
  public Answer answer(InferenceRequest request) {
    InferenceResult result = executor.run(request, InferenceListener.NONE);
    return new Answer(result.output(), result.finalRoot(), result.outputPath());
  }

  @Override
  public Verification verify(Claim claim) {
    return executor.verify(claim, InferenceListener.NONE);
  }

  @Override
  public Trace trace(InferenceRequest request) {
    return executor.trace(request, InferenceListener.NONE);
  }
}
