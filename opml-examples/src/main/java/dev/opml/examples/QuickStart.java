package dev.opml.examples;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.vm.executor.GgufExecutor;
import java.nio.file.Path;

/** The README's first example: run a model, then check the claim that came of it. */
public final class QuickStart {
  private QuickStart() {}

  /** Runs the model file that the first argument names. */
  public static void main(String[] args) {
    Path model = Path.of(args[0]);
    try (Executor executor = GgufExecutor.open(model)) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
      InferenceResult result = executor.run(InferenceRequest.greedy(prompt, 64));
      System.out.println(executor.tokenizer().decode(result.output()));
      System.out.println(executor.verify(result.claim()).holds());
    }
  }
}
