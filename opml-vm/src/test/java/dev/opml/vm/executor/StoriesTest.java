package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.vm.testing.TestData;
import org.junit.jupiter.api.Test;

/** What models are known to say. */
class StoriesTest {
  private static TokenIds greedy(GgufExecutor executor, TokenIds prompt, int tokens) {
    InferenceRequest request =
        new InferenceRequest(prompt, tokens, SamplingParameters.GREEDY, StopPolicy.NEVER);
    return executor.run(request, InferenceListener.NONE).output();
  }

  @Test
  void run_stories260k_printsTheTextItsAuthorPublishes() {
    try (GgufExecutor executor =
        GgufExecutor.open(
            TestData.assumeShared("data/models/stories260K.gguf"),
            ExecutorOptions.DEFAULT.withContextLimit(256))) {
      TokenIds output = greedy(executor, TokenIds.of(executor.tokenizer().beginOfSequence()), 200);
      assertEquals(200, output.size());
      String text = executor.tokenizer().decode(output);
      String published =
          "Once upon a time, there was a little girl named Lily. She loved to play outside in the"
              + " park. One day, she saw a big, red ball.";
      assertTrue(text.startsWith(published), text);
    }
  }

  @Test
  void run_stories260k_continuesThePromptAsReferencesDo() {
    try (GgufExecutor executor =
        GgufExecutor.open(
            TestData.assumeShared("data/models/stories260K.gguf"), ExecutorOptions.DEFAULT)) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
      assertEquals(TokenIds.of(1, 403, 407, 261, 378), prompt);
      assertEquals(
          TokenIds.of(
              432, 383, 286, 261, 376, 298, 315, 421, 395, 317, 426, 338, 401, 396, 267, 337),
          greedy(executor, prompt, 16));
    }
  }

  @Test
  void run_bundledModel_tellsAStory() {
    try (GgufExecutor executor =
        GgufExecutor.open(TestData.bundledModel(), ExecutorOptions.DEFAULT)) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
      assertEquals(TokenIds.of(1, 412, 432, 261, 384), prompt);
      String text = executor.tokenizer().decode(greedy(executor, prompt, 12));
      assertEquals(", there was a little girl named Lily. She loved to", text);
    }
  }
}
