package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.LETTER;
import static dev.opml.vm.tokenizer.CharacterKind.NUMBER;
import static dev.opml.vm.tokenizer.CharacterKind.SPACE;

/**
 * The words of GPT-2: a contraction; or letters, numbers or anything else but white space, each
 * with one space before it if there is one; or white space.
 */
final class Gpt2Words extends WordSplitter {
  @Override
  int wordEnd(Characters text, int at, int to) {
    int contracted = Contractions.end(text, at, to, false);
    if (contracted > at) {
      return contracted;
    }
    int start = text.is(' ', at) ? at + 1 : at;
    return switch (text.kindBefore(to, start)) {
      case LETTER -> text.runEnd(LETTER, start, to);
      case NUMBER -> text.runEnd(NUMBER, start, to);
      case 0, SPACE -> spaceEnd(text, at, to);
      default -> text.runEnd(~(LETTER | NUMBER | SPACE), start, to);
    };
  }
}
