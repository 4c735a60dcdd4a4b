package dev.opml.api.inference;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The answers that a request allows, as token sequences of which none begins another. Immutable.
 *
 * @param list the answers; empty for any answer
 */
public record Choices(List<TokenIds> list) {
  /** Most words of 32 bits that choices take in the input region: their ids and lengths. */
  public static final int MAX_WORDS = 1 << 14;

  /** Any answer. */
  public static final Choices ANY = new Choices(List.of());

  /**
   * Checks the list.
   *
   * @throws InvalidChoicesException if a choice is empty, or is the beginning of another
   * @throws LimitExceededException if they take more than {@link #MAX_WORDS}
   */
  public Choices {
    list = List.copyOf(list);
    long words = list.size() + list.stream().mapToLong(TokenIds::size).sum();
    if (words > MAX_WORDS) {
      throw new LimitExceededException("choiceWords", MAX_WORDS, words);
    }
    requirePrefixFree(list);
  }

  /**
   * The answers of a list.
   *
   * @throws InvalidChoicesException if there is none, one is empty, or one is the beginning of
   *     another
   * @throws LimitExceededException if they take more than {@link #MAX_WORDS}
   */
  public static Choices of(List<TokenIds> list) {
    if (list.isEmpty()) {
      throw new InvalidChoicesException("there are no choices");
    }
    return new Choices(list);
  }

  private static void requirePrefixFree(List<TokenIds> list) {
    // In order, a sequence that begins others comes directly before one of them.
    int[] order =
        IntStream.range(0, list.size())
            .boxed()
            .sorted(Comparator.comparing(i -> list.get(i).toArray(), Arrays::compare))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < order.length; i++) {
      TokenIds choice = list.get(order[i]);
      if (choice.size() == 0) {
        throw new InvalidChoicesException("choice " + order[i] + " is empty");
      }
      if (i + 1 < order.length && begins(choice, list.get(order[i + 1]))) {
        boolean same = choice.size() == list.get(order[i + 1]).size();
        throw new InvalidChoicesException(
            "choice %d %s choice %d"
                .formatted(
                    Math.min(order[i], same ? order[i + 1] : order[i]),
                    same ? "is the same as" : "is the beginning of",
                    same ? Math.max(order[i], order[i + 1]) : order[i + 1]));
      }
    }
  }

  private static boolean begins(TokenIds choice, TokenIds other) {
    return choice.size() <= other.size() && other.slice(0, choice.size()).equals(choice);
  }

  /** Whether any answer is allowed. */
  public boolean any() {
    return list.isEmpty();
  }

  /** Tokens of the longest choice; 0 if any answer is allowed. */
  public int longest() {
    return list.stream().mapToInt(TokenIds::size).max().orElse(0);
  }

  /** Words that the choices take in the input region. */
  int words() {
    return list.size() + list.stream().mapToInt(TokenIds::size).sum();
  }

  /**
   * Checks the choices against a model.
   *
   * @throws LimitExceededException if an id is not in the vocabulary
   * @throws InvalidChoicesException if generation may end within a choice, at a stop token
   */
  void requireFit(GraphHeader header, StopPolicy policy) {
    for (int i = 0; i < list.size(); i++) {
      TokenIds choice = list.get(i);
      for (int j = 0; j < choice.size(); j++) {
        int id = choice.get(j);
        if (id >= header.vocabularySize()) {
          throw new LimitExceededException(
              "vocabularySize (token %d of choice %d)".formatted(j, i),
              header.vocabularySize() - 1,
              id);
        }
        if (policy == StopPolicy.STOP_TOKENS
            && j < choice.size() - 1
            && header.stopTokens().stream().anyMatch(stop -> stop == id)) {
          throw new InvalidChoicesException(
              "token %d of choice %d is a stop token, and not its last".formatted(j, i));
        }
      }
    }
  }
}
