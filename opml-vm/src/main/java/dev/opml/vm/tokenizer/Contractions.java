package dev.opml.vm.tokenizer;

/** The English endings {@code 's 't 're 've 'm 'll 'd}. */
final class Contractions {
  private Contractions() {}

  /**
   * The end of the one at {@code at}, up to {@code to}; {@code at} if there is none.
   *
   * @param anyCase whether ASCII capitals count as small letters
   */
  static int end(Characters text, int at, int to, boolean anyCase) {
    if (at + 1 >= to || !text.is('\'', at)) {
      return at;
    }
    int first = letter(text, at + 1, anyCase);
    int second = at + 2 < to ? letter(text, at + 2, anyCase) : 0;
    return switch (first) {
      case 's', 't', 'm', 'd' -> at + 2;
      case 'r', 'v' -> second == 'e' ? at + 3 : at;
      case 'l' -> second == 'l' ? at + 3 : at;
      default -> at;
    };
  }

  private static int letter(Characters text, int index, boolean anyCase) {
    int c = text.codePoint(index);
    return anyCase && c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
  }
}
