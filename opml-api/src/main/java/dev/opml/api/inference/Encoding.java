package dev.opml.api.inference;

/**
 * Rules for making token ids of text.
 *
 * @param bounds whether the tokens that the model wants at the beginning and at the end of a text
 *     are added; a model may want neither
 * @param controlTokens whether the name of a control token in the text, such as {@code <|im_end|>},
 *     is that token. It must be false for text that users or documents bring, or they could write
 *     control tokens
 */
public record Encoding(boolean bounds, boolean controlTokens) {
  /** A piece of text, in which the names of control tokens are text. */
  public static final Encoding TEXT = new Encoding(false, false);

  /** A whole text, in which the names of control tokens are text. */
  public static final Encoding PROMPT = new Encoding(true, false);

  /** A piece of text in which the names of control tokens are control tokens. */
  public static final Encoding MARKUP = new Encoding(false, true);

  /** A whole text in which the names of control tokens are control tokens. */
  public static final Encoding MARKUP_PROMPT = new Encoding(true, true);
}
