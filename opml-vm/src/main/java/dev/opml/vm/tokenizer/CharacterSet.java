package dev.opml.vm.tokenizer;

import java.util.BitSet;

/** A set of characters: all of some kinds, and some by code point. Immutable. */
final class CharacterSet {
  private final int kinds;
  private final BitSet others;

  private CharacterSet(int kinds, BitSet others) {
    this.kinds = kinds;
    this.others = others;
  }

  /**
   * Makes a set.
   *
   * @param kinds a sum of {@link CharacterKind}s
   * @param others more characters: code points and ranges of them, in hexadecimal, such as {@code
   *     "41-5a 5f"}
   */
  static CharacterSet of(int kinds, String others) {
    BitSet set = new BitSet();
    for (String range : others.split(" ", -1)) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
      int last = Integer.parseInt(range.substring(dash + 1), 16);
      set.set(first, last + 1);
    }
    return new CharacterSet(kinds, set);
  }

  /** All characters of some kinds. */
  static CharacterSet of(int kinds) {
    return new CharacterSet(kinds, new BitSet());
  }

  /** Whether the character at {@code index} is in this set. */
  boolean contains(Characters text, int index) {
    return (text.kind(index) & kinds) != 0 || others.get(text.codePoint(index));
  }
}
