package dev.opml.benchmarks.synthetic;

import java.util.List;
import java.util.stream.IntStream;

/** Words that mean nothing. */
final class InventedWords {
  /** By frequency in English, so that the first words look least strange. */
  private static final String LETTERS = "etaoinsrhldcumfpgwybvkxjqz";

  private InventedWords() {}

  /** All words of a length, from 1; those that begin alike are neighbours. */
  static List<String> ofLength(int length) {
    int count = IntStream.range(0, length).reduce(1, (all, i) -> all * LETTERS.length());
    return IntStream.range(0, count).mapToObj(number -> word(number, length)).toList();
  }

  private static String word(int number, int length) {
    char[] word = new char[length];
    for (int i = length - 1, rest = number; i >= 0; i--, rest /= LETTERS.length()) {
      word[i] = LETTERS.charAt(rest % LETTERS.length());
    }
    return new String(word);
  }
}
