package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import java.util.function.Consumer;
import java.util.function.Function;

/** A runner that believes a trace. */
record TraceRunner(ModelId model, Function<InferenceRequest, Trace> traces) implements ModelRunner {
  @Override
  public Answer answer(InferenceRequest request) {
    return answer(request, Trace::close);
  }

  @Override
  public Answer answer(InferenceRequest request, Consumer<Trace> keeper) {
    return Answer.of(trace(request), keeper);
  }

  @Override
  public Verification verify(Claim claim) {
    try (Trace trace = trace(claim.request())) {
      StateRoot computed = trace.finalRoot();
      if (computed.equals(claim.finalRoot())) {
        return new Verification.Holds();
      }
      int index = firstDifference(claim.output(), trace.output());
      return index < 0
          ? new Verification.WrongFinalRoot(claim.finalRoot(), computed)
          : new Verification.WrongToken(
              index, tokenOrNone(claim.output(), index), tokenOrNone(trace.output(), index));
    }
  }

  private static int firstDifference(TokenIds claimed, TokenIds computed) {
    for (int i = 0; i < Math.max(claimed.size(), computed.size()); i++) {
      if (tokenOrNone(claimed, i) != tokenOrNone(computed, i)) {
        return i;
      }
    }
    return -1;
  }

  private static int tokenOrNone(TokenIds tokens, int index) {
    return index < tokens.size() ? tokens.get(index) : -1;
  }

  @Override
  public Trace trace(InferenceRequest request) {
    return traces.apply(request);
  }
}
