package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.ModelDescription;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ProgramImage;
import picocli.CommandLine.Command;

/** {@code opml image}: the identity of a model. */
@Command(
    name = "image",
    sortOptions = false,
    description = "Builds a model's program image and shows its root and model id.")
final class ImageCommand extends ModelCommand {
  private static final double NANOS = 1e9;

  ImageCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) {
    ExecutorOptions options = options();
    long started = System.nanoTime();
    try (GgufFile file = GgufFile.open(model())) {
      long total = file.bytes().byteSize();
      ProgramImage image =
          ProgramImage.build(
              file,
              options.contextLimit(),
              GraphMode.ROW_PER_NODE,
              options.threads(),
              ModelTreeCache.of(options.cache()),
              done -> progress().show("hashing the model", done, total));
      describe(image, (System.nanoTime() - started) / NANOS, result);
    }
    return true;
  }

  private void describe(ProgramImage image, double seconds, ObjectNode result) {
    ModelDescription model = image.description();
    var header = model.header();
    result
        .put("imageRoot", model.imageRoot().toString())
        .put("modelId", model.modelId().toString())
        .put("nodesPerToken", header.nodesPerToken())
        .put("contextLimit", header.contextLimit())
        .put("vocabularySize", header.vocabularySize())
        .put("seconds", seconds)
        .put("cached", image.treeFromCache());
    sayLine("image root       " + model.imageRoot());
    sayLine("model id         " + model.modelId());
    sayLine("nodes per token  " + header.nodesPerToken());
    sayLine("context limit    " + header.contextLimit());
    sayLine("model's tree     " + (image.treeFromCache() ? "cached" : "built"));
  }
}
