package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.OpmlException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.executor.EngineKind;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code opml perplexity}: how well a model predicts a text, computed as llama.cpp's {@code
 * perplexity} does.
 */
@Command(
    name = "perplexity",
    sortOptions = false,
    description =
        "Shows how well a model predicts a text, as llama.cpp's perplexity does: the text is cut "
            + "into chunks of the context limit, each begins with the beginning-of-sequence token "
            + "where the model has one, and the second half of each is scored.")
final class PerplexityCommand extends ModelCommand {
  /** Two tokens to read and one to score in the second half. */
  private static final int SHORTEST_CHUNK = 3;

  @Parameters(index = "1", paramLabel = "TEXT", description = "UTF-8 text file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  @Option(names = "--chunks", paramLabel = "N", description = "Score the first N chunks only.")
  private int chunks = Integer.MAX_VALUE;

  /** The file that is being looked at. */
  private @Nullable Path subject;

  PerplexityCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return subject == null ? file : subject;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    ExecutorOptions options = checked(this::checkedOptions);
    String text = TextFile.read(file);
    subject = model();
    try (GgufExecutor executor = GgufExecutor.open(model(), options)) {
      Tokenizer tokenizer = executor.tokenizer();
      subject = file;
      score(executor, tokenizer, text, result);
    }
    return true;
  }

  private ExecutorOptions checkedOptions() {
    ExecutorOptions options = options();
    if (chunks < 1
        || options.engine() == EngineKind.GUEST
        || (options.contextLimit() != 0 && options.contextLimit() < SHORTEST_CHUNK)) {
      throw new IllegalArgumentException(
          "perplexity takes --chunks from 1, --context from %d, and a native --engine"
              .formatted(SHORTEST_CHUNK));
    }
    return options;
  }

  private void score(GgufExecutor executor, Tokenizer tokenizer, String text, ObjectNode result) {
    int length = executor.model().header().contextLimit();
    TokenIds tokens = tokenizer.encodePrompt(text);
    int count = Math.min(chunks, tokens.size() / length);
    if (count == 0) {
      throw new OpmlException(
          "%d tokens are less than one chunk of %d".formatted(tokens.size(), length));
    }
    Perplexity perplexity = new Perplexity();
    for (int i = 0; i < count; i++) {
      TokenIds chunk = tokens.slice(i * length, (i + 1) * length);
      score(executor, beginning(tokenizer, chunk), perplexity);
      progress().show("perplexity", i + 1L, count);
    }
    result
        .put("perplexity", perplexity.value())
        .put("standardError", perplexity.standardError())
        .put("tokens", perplexity.count())
        .put("chunks", count)
        .put("chunkLength", length);
    sayLine(
        "perplexity %.4f ± %.4f: %,d tokens of %,d chunks of %d"
            .formatted(
                perplexity.value(), perplexity.standardError(), perplexity.count(), count, length));
  }

  private static TokenIds beginning(Tokenizer tokenizer, TokenIds chunk) {
    TokenIds added = tokenizer.encodePrompt("");
    return added.concat(chunk.slice(added.size(), chunk.size()));
  }

  private static void score(GgufExecutor executor, TokenIds chunk, Perplexity perplexity) {
    int read = chunk.size() / 2 + 1;
    executor.score(
        chunk.slice(0, read),
        chunk.slice(read, chunk.size()),
        new InferenceListener() {
          @Override
          public void onLogits(int position, FloatBuffer logits) {
            perplexity.add(logits, chunk.get(position + 1));
          }
        });
  }
}
