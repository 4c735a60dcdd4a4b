package dev.opml.vm.chat;

import java.time.LocalDateTime;
import java.util.Optional;

/**
 * Choices for one rendering.
 *
 * @param addGenerationPrompt whether the text ends where the model's answer begins
 * @param enableThinking value of {@code enable_thinking}; empty leaves it undefined, and the choice
 *     to the template
 * @param now time of {@code strftime_now}, for templates that write the date into the prompt; the
 *     same time gives the same prompt
 */
public record ChatOptions(
    boolean addGenerationPrompt, Optional<Boolean> enableThinking, LocalDateTime now) {
  /** A prompt for an answer, thinking as the template chooses. */
  public static ChatOptions at(LocalDateTime now) {
    return new ChatOptions(true, Optional.empty(), now);
  }

  /** These options, with or without a prompt for an answer. */
  public ChatOptions withGenerationPrompt(boolean add) {
    return new ChatOptions(add, enableThinking, now);
  }

  /** These options, with thinking on or off. */
  public ChatOptions withThinking(boolean enable) {
    return new ChatOptions(addGenerationPrompt, Optional.of(enable), now);
  }
}
