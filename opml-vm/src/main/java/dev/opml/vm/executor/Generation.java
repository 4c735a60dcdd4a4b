package dev.opml.vm.executor;

import dev.opml.api.Bytes32;
import dev.opml.api.InputRoot;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.StopReason;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.image.ProgramImage;
import java.nio.FloatBuffer;

/** Runs one request to its end, and commits to what it left in memory. */
final class Generation {
  private final ProgramImage image;
  private final InferenceRequest request;
  private final Inference inference;
  private int reported;

  /** A generation that has not begun: {@code inference} is at position 0. */
  Generation(ProgramImage image, InferenceRequest request, Inference inference) {
    this.image = image;
    this.request = request;
    this.inference = inference;
  }

  InferenceResult run(InferenceListener listener) {
    int prompt = request.prompt().size();
    long started = System.nanoTime();
    while (inference.position() < prompt) {
      inference.run(Math.min(prompt, inference.position() + Inference.POSITIONS_AT_ONCE), null);
      listener.onProgress("prefill", inference.position(), prompt);
    }
    long prefilled = System.nanoTime();
    report(listener);
    while (!inference.finished()) {
      inference.run(inference.position() + 1, null);
      report(listener);
    }
    long ended = System.nanoTime();
    return result(
        new InferenceResult.Timing(prompt, prefilled - started, reported - 1, ended - prefilled));
  }

  private void report(InferenceListener listener) {
    listener.onLogits(
        inference.position() - 1, FloatBuffer.wrap(inference.logits()).asReadOnlyBuffer());
    TokenIds output = inference.output();
    for (; reported < output.size(); reported++) {
      listener.onToken(reported, output.get(reported));
    }
  }

  private InferenceResult result(InferenceResult.Timing timing) {
    MerkleTree tree = image.treeWith(request, inference.memory());
    return new InferenceResult(
        image.description().modelId(),
        request,
        inference.output(),
        stopReason(),
        new InputRoot(root(tree, MemoryRegion.INPUT)),
        new OutputRoot(root(tree, MemoryRegion.OUTPUT)),
        new StateRoot(tree.root()),
        tree.path(MemoryRegion.OUTPUT.height(), MemoryRegion.OUTPUT.subtreeIndex()),
        timing);
  }

  private static Bytes32 root(MerkleTree tree, MemoryRegion region) {
    return tree.subtreeRoot(region.height(), region.subtreeIndex());
  }

  private StopReason stopReason() {
    TokenIds output = inference.output();
    int last = output.get(output.size() - 1);
    boolean stopped =
        request.stopPolicy() == StopPolicy.STOP_TOKENS
            && image.graph().header().stopTokens().stream().anyMatch(id -> id == last);
    return stopped ? StopReason.STOP_TOKEN : StopReason.LENGTH;
  }
}
