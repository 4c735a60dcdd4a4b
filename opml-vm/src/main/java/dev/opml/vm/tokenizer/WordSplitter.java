package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.SPACE;

/** Splits text into words, each of which says where it ends. */
abstract sealed class WordSplitter implements Splitter
    permits Gpt2Words, ModernWords, DeepSeekWords {
  @Override
  public final void split(Characters text, int from, int to, IntList ends) {
    for (int at = from; at < to; ) {
      at = wordEnd(text, at, to);
      ends.add(at);
    }
  }

  /** The end of the word that starts at {@code at}, up to {@code to}; behind {@code at}. */
  abstract int wordEnd(Characters text, int at, int to);

  /**
   * The end of white space, of which there is some at {@code at}: all of it at the end of the text,
   * and otherwise all but the last, which goes with the word behind it, unless it is the only one.
   */
  static int spaceEnd(Characters text, int at, int to) {
    int end = text.runEnd(SPACE, at, to);
    return end == to || end == at + 1 ? end : end - 1;
  }

  /** As {@link #spaceEnd}, but white space that has line ends ends behind the last of these. */
  static int linesEnd(Characters text, int at, int to) {
    int end = text.runEnd(SPACE, at, to);
    while (end > at && !isLineEnd(text, end - 1)) {
      end--;
    }
    return end > at ? end : spaceEnd(text, at, to);
  }

  /** Whether the character at {@code index} is a carriage return or a line feed. */
  static boolean isLineEnd(Characters text, int index) {
    return text.is('\r', index) || text.is('\n', index);
  }
}
