package dev.opml.vm.engine;

import dev.opml.api.inference.Choices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The choices of an input region as the guest reads them: any words are allowed and have a defined
 * meaning (docs/image.md, "Input region"). Immutable.
 */
final class OpenChoices {
  private final List<int[]> choices = new ArrayList<>();

  /**
   * Reads choices.
   *
   * @param count number of choices, unsigned
   * @param word the words from the first choice on
   */
  OpenChoices(int count, IntUnaryOperator word) {
    int at = 0;
    for (int i = 0; Integer.compareUnsigned(i, count) < 0 && at < Choices.MAX_WORDS; i++) {
      int length = word.applyAsInt(at++);
      if (Integer.compareUnsigned(length, Choices.MAX_WORDS - at) > 0) {
        return;
      }
      choices.add(IntStream.range(at, at + length).map(word).toArray());
      at += length;
    }
  }

  /** Whether an answer of {@code count} tokens is a whole choice. */
  boolean isComplete(IntUnaryOperator answer, int count) {
    return choices.stream()
        .anyMatch(choice -> choice.length == count && begins(choice, answer, count));
  }

  /**
   * The ids that go on with an answer, ascending, each once.
   *
   * @param answer its tokens
   * @param count their number
   * @param vocabularySize ids from here on do not count
   */
  int[] next(IntUnaryOperator answer, int count, int vocabularySize) {
    return choices.stream()
        .filter(choice -> choice.length > count && begins(choice, answer, count))
        .mapToInt(choice -> choice[count])
        .filter(id -> Integer.compareUnsigned(id, vocabularySize) < 0)
        .sorted()
        .distinct()
        .toArray();
  }

  private static boolean begins(int[] choice, IntUnaryOperator answer, int count) {
    return IntStream.range(0, count).allMatch(i -> choice[i] == answer.applyAsInt(i));
  }
}
