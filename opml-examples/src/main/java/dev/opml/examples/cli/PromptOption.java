package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Executor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The prompt: a text, which the command itself takes, or token ids in its place. */
final class PromptOption {
  @Option(
      names = "--ids",
      paramLabel = "IDS",
      converter = TokenIdList.class,
      description =
          "Token ids to continue instead of a text, separated by blanks or commas; needs no "
              + "tokenizer.")
  private @Nullable TokenIds ids;

  /** Whether ids are given. */
  boolean isIds() {
    return ids != null;
  }

  /**
   * Checks that there is one of the two.
   *
   * @param name of the text on the command line
   */
  void check(Subcommand command, String name, @Nullable String text) {
    if ((ids == null) == (text == null)) {
      throw command.usage(name + " or --ids is needed, and not both");
    }
    if (ids != null && ids.size() == 0) {
      throw command.usage("--ids has no id");
    }
  }

  /** The prompt. */
  TokenIds ids(Executor executor, @Nullable String text) {
    if (ids != null) {
      return ids;
    }
    return executor.tokenizer().encodePrompt(text == null ? "" : text);
  }
}
