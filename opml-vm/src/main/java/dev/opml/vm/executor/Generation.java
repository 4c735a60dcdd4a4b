package dev.opml.vm.executor;

import dev.opml.api.InputRoot;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.StopReason;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.image.ProgramImage;
import java.nio.FloatBuffer;

/** Runs one request to its end, and commits to what it left in memory. */
final class Generation {
  private final ProgramImage image;
  private final InferenceRequest request;
  private final Inference inference;
  private final int begun;
  private final long started = System.nanoTime();
  private long prefilled = started;
  private int reported;

  /** A generation whose inference has not come further than its prompt. */
  Generation(ProgramImage image, InferenceRequest request, Inference inference) {
    this.image = image;
    this.request = request;
    this.inference = inference;
    this.begun = inference.position();
  }

  /**
   * Runs it.
   *
   * @throws CancelledException with what was generated, if the inference's checkpoint throws it
   */
  InferenceResult run(InferenceListener listener) {
    int prompt = request.prompt().positions();
    while (inference.position() < prompt) {
      advance();
      listener.onProgress("prefill", inference.position(), prompt);
    }
    prefilled = System.nanoTime();
    report(listener);
    while (!inference.finished()) {
      advance();
      report(listener);
    }
    return result(request);
  }

  private void advance() {
    try {
      inference.advance(null);
    } catch (CancelledException e) {
      // Memory is as it was before, and so that of a request for no more tokens. But a part of a
      // choice answers nothing.
      throw reported == 0 || !request.choices().any()
          ? e
          : new CancelledException(result(request.withMaxNewTokens(reported)));
    }
  }

  private void report(InferenceListener listener) {
    listener.onLogits(
        inference.position() - 1, FloatBuffer.wrap(inference.logits()).asReadOnlyBuffer());
    TokenIds output = inference.output();
    for (; reported < output.size(); reported++) {
      listener.onToken(reported, output.get(reported));
    }
  }

  private InferenceResult result(InferenceRequest answered) {
    InferenceResult.Timing timing =
        new InferenceResult.Timing(
            request.prompt().positions() - begun,
            prefilled - started,
            reported - 1,
            System.nanoTime() - prefilled);
    MerkleTree tree = image.treeWith(answered, inference.memory());
    return new InferenceResult(
        image.description().modelId(),
        answered,
        inference.output(),
        stopReason(),
        new InputRoot(tree.subtreeRoot(MemoryRegion.INPUT)),
        new OutputRoot(tree.subtreeRoot(MemoryRegion.OUTPUT)),
        new StateRoot(tree.root()),
        tree.path(MemoryRegion.OUTPUT),
        timing);
  }

  private StopReason stopReason() {
    TokenIds output = inference.output();
    TokenIds stopTokens = image.graph().header().stopTokens();
    StopReason ending = RawInput.of(request).ending(stopTokens, output::get, output.size());
    return ending == null ? StopReason.LENGTH : ending;
  }
}
