package dev.opml.vm.chat;

import dev.opml.api.inference.SamplingParameters;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * Settings of a conversation.
 *
 * @param system the system's message
 * @param maxTokens most tokens of a reply; fewer if the context is full before
 * @param sampling how tokens are drawn
 * @param stopStrings texts before which a reply ends; they are no part of a claim
 * @param chat how the template is rendered
 */
public record ConversationOptions(
    Optional<String> system,
    int maxTokens,
    SamplingParameters sampling,
    List<String> stopStrings,
    ChatOptions chat) {
  /** Most tokens of a reply, if nothing else is said. */
  public static final int DEFAULT_MAX_TOKENS = 512;

  /** Checks that there is a token, and that no stop string is empty; copies the list. */
  public ConversationOptions {
    stopStrings = List.copyOf(stopStrings);
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens must be at least 1, got " + maxTokens);
    }
    if (stopStrings.contains("")) {
      throw new IllegalArgumentException("a stop string is empty");
    }
  }

  /**
   * The most likely tokens, no system's message of our own, and no stop strings.
   *
   * @param now the time, which some templates write into the prompt
   */
  public static ConversationOptions at(LocalDateTime now) {
    return new ConversationOptions(
        Optional.empty(),
        DEFAULT_MAX_TOKENS,
        SamplingParameters.GREEDY,
        List.of(),
        ChatOptions.at(now));
  }

  /** With a system's message. */
  public ConversationOptions withSystem(String text) {
    return new ConversationOptions(Optional.of(text), maxTokens, sampling, stopStrings, chat);
  }

  /** With another number of tokens. */
  public ConversationOptions withMaxTokens(int value) {
    return new ConversationOptions(system, value, sampling, stopStrings, chat);
  }

  /** With tokens drawn otherwise. */
  public ConversationOptions withSampling(SamplingParameters value) {
    return new ConversationOptions(system, maxTokens, value, stopStrings, chat);
  }

  /** With other stop strings. */
  public ConversationOptions withStopStrings(List<String> value) {
    return new ConversationOptions(system, maxTokens, sampling, value, chat);
  }

  /** With the template rendered otherwise. */
  public ConversationOptions withChat(ChatOptions value) {
    return new ConversationOptions(system, maxTokens, sampling, stopStrings, value);
  }
}
