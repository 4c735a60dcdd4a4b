package dev.opml.vm.tokenizer;

/**
 * A rule that splits text into pieces. Each is hand-written, so that it takes time linear in the
 * text whatever the text is. Immutable.
 */
sealed interface Splitter permits Runs, TrailingSpace, WordSplitter {
  /**
   * Splits {@code text[from, to)}, which is not empty, and adds the end of each piece in turn; the
   * last is {@code to}.
   */
  void split(Characters text, int from, int to, IntList ends);
}
