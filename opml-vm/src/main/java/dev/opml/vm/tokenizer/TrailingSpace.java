package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.SPACE;

/** Splits off the white space at the end. */
record TrailingSpace() implements Splitter {
  @Override
  public void split(Characters text, int from, int to, IntList ends) {
    int start = to;
    while (start > from && text.kind(start - 1) == SPACE) {
      start--;
    }
    if (start > from) {
      ends.add(start);
    }
    if (start < to) {
      ends.add(to);
    }
  }
}
