package dev.opml.vm.chat;

/** Reasons why a reply ended. */
public enum ReplyEnd {
  /** The model drew a token that ends a turn, or a text. */
  STOP_TOKEN,
  /** One of the stop strings came. */
  STOP_STRING,
  /** It has as many tokens as it may have, or the context is full. */
  LENGTH,
  /** The listener cancelled it. */
  CANCELLED
}
