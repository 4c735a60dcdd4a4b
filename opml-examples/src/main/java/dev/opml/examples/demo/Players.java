package dev.opml.examples.demo;

import dev.opml.api.ModelId;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.agent.Answer;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.testing.Liar;
import dev.opml.testing.Lie;
import dev.opml.vm.executor.GgufExecutor;

/** What the two players compute with: the same model, once truly and once with a lie in it. */
final class Players {
  private final GgufExecutor executor;
  private final Liar liar;
  private final DemoListener listener;

  Players(GgufExecutor executor, Liar liar, DemoListener listener) {
    this.executor = executor;
    this.liar = liar;
    this.listener = listener;
  }

  /** Runs the model. */
  ModelRunner honest() {
    return new ModelRunner() {
      private final InferenceListener tokens = new FirstRun(listener);

      @Override
      public ModelId model() {
        return executor.model().modelId();
      }

      @Override
      public Answer answer(InferenceRequest request) {
        InferenceResult result = executor.run(request, tokens);
        return new Answer(result.output(), result.finalRoot(), result.outputPath());
      }

      @Override
      public Verification verify(Claim claim) {
        return executor.verify(claim, progress(listener));
      }

      @Override
      public Trace trace(InferenceRequest request) {
        return executor.trace(request, progress(listener));
      }
    };
  }

  /**
   * Runs the model with one word changed, and stands by it.
   *
   * @param shown whether its tokens are those that the listener is told
   */
  ModelRunner liar(Lie lie, boolean shown) {
    InferenceListener watcher = shown ? new FirstRun(listener) : progress(listener);
    return ModelRunner.ofTraces(
        executor.model().modelId(), request -> liar.trace(request, lie, watcher));
  }

  static InferenceListener progress(DemoListener listener) {
    return new InferenceListener() {
      @Override
      public void onProgress(String stage, long done, long total) {
        listener.onProgress(stage, done, total);
      }
    };
  }

  /** Passes each token on once, although agents run a model again whenever they need it. */
  private static final class FirstRun implements InferenceListener {
    private final DemoListener listener;
    private int shown;

    FirstRun(DemoListener listener) {
      this.listener = listener;
    }

    @Override
    public void onToken(int index, int tokenId) {
      if (index == shown) {
        shown++;
        listener.onToken(tokenId);
      }
    }

    @Override
    public void onProgress(String stage, long done, long total) {
      listener.onProgress(stage, done, total);
    }
  }
}
