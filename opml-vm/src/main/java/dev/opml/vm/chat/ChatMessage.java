package dev.opml.vm.chat;

import java.util.Objects;

/**
 * One message of a conversation.
 *
 * @param role who says it
 * @param content text, which a template inserts as it is
 */
public record ChatMessage(Role role, String content) {
  /** The speakers of messages. */
  public enum Role {
    /** Instructions for the model, usually the first message. */
    SYSTEM("system"),
    /** The person who asks. */
    USER("user"),
    /** The model. */
    ASSISTANT("assistant");

    private final String text;

    Role(String text) {
      this.text = text;
    }

    /** The name that templates know: {@code system}, {@code user} or {@code assistant}. */
    public String text() {
      return text;
    }
  }

  /** Refuses null. */
  public ChatMessage {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(content, "content");
  }

  /** Instructions for the model. */
  public static ChatMessage system(String content) {
    return new ChatMessage(Role.SYSTEM, content);
  }

  /** A message of the person who asks. */
  public static ChatMessage user(String content) {
    return new ChatMessage(Role.USER, content);
  }

  /** An answer of the model. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(Role.ASSISTANT, content);
  }
}
