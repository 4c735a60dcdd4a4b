package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InvalidChoicesException;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say what is generated after a prompt. */
final class InferenceOptions {
  private static final int DEFAULT_MAX_TOKENS = 64;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Most tokens to generate; default "
              + DEFAULT_MAX_TOKENS
              + ", or what the context limit leaves. Not with --choice.")
  private @Nullable Integer maxTokens;

  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      description =
          "Answer with this text, or that of another --choice, and nothing else. Like the prompt's "
              + "next words, it mostly begins with a blank.")
  private List<String> choices = List.of();

  @Option(names = "--ignore-stop", description = "Go on after a stop token.")
  private boolean ignoreStop;

  @Mixin private PromptOption ids = new PromptOption();

  /** Checks each number by itself, so that an error names its option. */
  void check(Subcommand command, String promptName, @Nullable String prompt) {
    ids.check(command, promptName, prompt);
    if (ids.isIds() && !choices.isEmpty()) {
      throw command.usage("--ids and --choice exclude each other: a choice continues a text");
    }
    sampling.check(command);
    if (maxTokens != null && maxTokens < 1) {
      throw command.usage("--max-tokens must be at least 1, got " + maxTokens);
    }
    if (maxTokens != null && !choices.isEmpty()) {
      throw command.usage("--max-tokens and --choice exclude each other: the choices say how many");
    }
  }

  /** The request that fits a model; one that makes no sense is a usage error. */
  InferenceRequest request(Subcommand command, Executor executor, @Nullable String prompt) {
    InferenceRequest request = command.checked(() -> request(executor, prompt));
    request.requireFits(executor.model().header());
    return request;
  }

  private InferenceRequest request(Executor executor, @Nullable String prompt) {
    TokenIds continued = ids.ids(executor, prompt);
    Choices allowed =
        prompt == null ? Choices.ANY : choices(executor.tokenizer(), prompt, continued);
    int room = executor.model().header().contextLimit() - continued.size();
    int usual = allowed.any() ? Math.min(DEFAULT_MAX_TOKENS, room) : allowed.longest();
    return new InferenceRequest(
        continued,
        maxTokens != null ? maxTokens : Math.max(1, usual),
        sampling.toParameters(),
        ignoreStop ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS,
        allowed);
  }

  /** The tokens that each choice adds to the prompt's. */
  private Choices choices(Tokenizer tokenizer, String prompt, TokenIds continued) {
    if (choices.isEmpty()) {
      return Choices.ANY;
    }
    List<TokenIds> continuations = new ArrayList<>();
    for (String choice : choices) {
      TokenIds whole = tokenizer.encodePrompt(prompt + choice);
      boolean continues =
          whole.size() >= continued.size() && whole.slice(0, continued.size()).equals(continued);
      if (!continues) {
        throw new InvalidChoicesException(
            "choice '%s' does not begin where a token of the prompt ends".formatted(choice));
      }
      continuations.add(whole.slice(continued.size(), whole.size()));
    }
    return Choices.of(continuations);
  }
}
