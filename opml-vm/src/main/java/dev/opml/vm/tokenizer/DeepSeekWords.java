package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.LETTER;
import static dev.opml.vm.tokenizer.CharacterKind.MARK;
import static dev.opml.vm.tokenizer.CharacterKind.PUNCTUATION;
import static dev.opml.vm.tokenizer.CharacterKind.SPACE;
import static dev.opml.vm.tokenizer.CharacterKind.SYMBOL;

/**
 * The words of DeepSeek-V3: ASCII letters with the ASCII punctuation before them; letters and marks
 * with one character before them that is no letter, punctuation or line end, if there is one;
 * punctuation and symbols with one space before them and with line ends behind them; white space up
 * to its last line end; white space; or a run of anything else.
 */
final class DeepSeekWords extends WordSplitter {
  private static final int WORD = LETTER | MARK;
  private static final int SIGN = PUNCTUATION | SYMBOL;

  @Override
  int wordEnd(Characters text, int at, int to) {
    int end = matchEnd(text, at, to);
    if (end > at) {
      return end;
    }
    do {
      end++;
    } while (end < to && matchEnd(text, end, to) == end);
    return end;
  }

  /** The end of the word that starts at {@code at}; {@code at} if none does. */
  private static int matchEnd(Characters text, int at, int to) {
    int kind = text.kind(at);
    if ((kind & SIGN) != 0 && text.codePoint(at) < 0x80 && isAsciiLetter(text, at + 1, to)) {
      int end = at + 2;
      while (isAsciiLetter(text, end, to)) {
        end++;
      }
      return end;
    }
    if ((kind & WORD) != 0) {
      return text.runEnd(WORD, at, to);
    }
    if ((kind & SIGN) == 0 && !isLineEnd(text, at) && (text.kindBefore(to, at + 1) & WORD) != 0) {
      return text.runEnd(WORD, at + 1, to);
    }
    int start = text.is(' ', at) ? at + 1 : at;
    int end = text.runEnd(SIGN, start, to);
    if (end > start) {
      while (end < to && isLineEnd(text, end)) {
        end++;
      }
      return end;
    }
    return kind == SPACE ? linesEnd(text, at, to) : at;
  }

  private static boolean isAsciiLetter(Characters text, int index, int to) {
    return index < to && text.kind(index) == LETTER && text.codePoint(index) < 0x80;
  }
}
