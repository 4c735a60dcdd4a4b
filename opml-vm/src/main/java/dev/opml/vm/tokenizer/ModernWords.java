package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.LETTER;
import static dev.opml.vm.tokenizer.CharacterKind.NUMBER;
import static dev.opml.vm.tokenizer.CharacterKind.SPACE;

/**
 * The words of the tokenizers since GPT-4: letters with one character before them that is no
 * letter, number or line end, if there is one; a few numbers; other characters with one space
 * before them and with line ends behind them; white space up to its last line end; or white space.
 */
final class ModernWords extends WordSplitter {
  /** The ways to treat English contractions. */
  enum Contracted {
    /** They are split like other text. */
    NEVER,
    /** They are words, before anything else. */
    FIRST,
    /** They go with the letters before them. */
    WITH_LETTERS
  }

  private final Contracted contracted;

  /** The kinds that letters are of. */
  private final int letters;

  /** Whether a capital after a small letter starts a new word. */
  private final boolean capitalsStart;

  /** Most numbers in a word. */
  private final int maxNumbers;

  /** Characters that go with the symbols before them. */
  private final String symbolEnds;

  /** Words with these rules: see the fields. */
  ModernWords(
      Contracted contracted,
      int letters,
      boolean capitalsStart,
      int maxNumbers,
      String symbolEnds) {
    this.contracted = contracted;
    this.letters = letters;
    this.capitalsStart = capitalsStart;
    this.maxNumbers = maxNumbers;
    this.symbolEnds = symbolEnds;
  }

  /** The words of Llama 3, but for the number of numbers in one. */
  static ModernWords ofNumbers(int maxNumbers) {
    return new ModernWords(Contracted.FIRST, LETTER, false, maxNumbers, "\r\n");
  }

  @Override
  int wordEnd(Characters text, int at, int to) {
    int end = contracted == Contracted.FIRST ? Contractions.end(text, at, to, true) : at;
    if (end == at) {
      end = lettersEnd(text, at, to);
    }
    if (end == at && text.kind(at) == NUMBER) {
      end = text.runEnd(NUMBER, at, maxNumbers < to - at ? at + maxNumbers : to);
    }
    if (end == at) {
      end = symbolsEnd(text, at, to);
    }
    return end == at ? linesEnd(text, at, to) : end;
  }

  private int lettersEnd(Characters text, int at, int to) {
    int kind = text.kind(at);
    boolean startsWithLetter = (kind & letters) != 0;
    int start = startsWithLetter ? at : at + 1;
    if ((text.kindBefore(to, start) & letters) == 0
        || (!startsWithLetter && (kind == NUMBER || isLineEnd(text, at)))) {
      return at;
    }
    int end = capitalsStart ? casedEnd(text, start, to) : text.runEnd(letters, start, to);
    return contracted == Contracted.WITH_LETTERS ? Contractions.end(text, end, to, true) : end;
  }

  /**
   * The end of letters that are all but a–z, followed by letters that are all but A–Z, at least one
   * of these if possible. Letters of no ASCII are of both sorts, as llama.cpp has it.
   */
  private int casedEnd(Characters text, int start, int to) {
    int end = start;
    int lastOfBoth = start;
    for (; isLetterBut('a', text, end, to); end++) {
      if (isLetterBut('A', text, end, to)) {
        lastOfBoth = end + 1;
      }
    }
    if (!isLetterBut('A', text, end, to)) {
      return lastOfBoth > start ? lastOfBoth : end;
    }
    while (isLetterBut('A', text, end, to)) {
      end++;
    }
    return end;
  }

  /** Whether there is a letter at {@code index} other than the 26 from {@code firstExcluded}. */
  private boolean isLetterBut(char firstExcluded, Characters text, int index, int to) {
    if ((text.kindBefore(to, index) & letters) == 0) {
      return false;
    }
    int c = text.codePoint(index);
    return c < firstExcluded || c >= firstExcluded + 26;
  }

  private int symbolsEnd(Characters text, int at, int to) {
    int start = text.is(' ', at) ? at + 1 : at;
    int symbols = ~(SPACE | NUMBER | letters);
    int end = text.runEnd(symbols, start, to);
    if (end == start) {
      return at;
    }
    while (end < to && symbolEnds.indexOf(text.codePoint(end)) >= 0) {
      end++;
    }
    return end;
  }
}
