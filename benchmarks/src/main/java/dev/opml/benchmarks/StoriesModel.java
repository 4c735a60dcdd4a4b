package dev.opml.benchmarks;

import dev.opml.api.inference.InferenceRequest;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.nio.file.Path;

/** The model that comes with the examples, opened from the source tree. */
final class StoriesModel {
  private static final Path FOLDER =
      Path.of("opml-examples", "src", "main", "resources", "dev", "opml", "examples");

  private StoriesModel() {}

  /** Opens a file of the folder; benchmarks are started in the root of the repository. */
  static GgufExecutor open(String name, int threads) {
    return GgufExecutor.open(FOLDER.resolve(name), ExecutorOptions.DEFAULT.withThreads(threads));
  }

  static InferenceRequest request(GgufExecutor executor, int tokens) {
    return InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once upon a time"), tokens);
  }
}
