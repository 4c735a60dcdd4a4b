package dev.opml.api.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChoicesTest {
  private static final TokenIds YES = TokenIds.of(5, 6);
  private static final TokenIds NO = TokenIds.of(5, 7, 8);

  private static String refused(TokenIds... choices) {
    return assertThrows(InvalidChoicesException.class, () -> Choices.of(List.of(choices)))
        .getMessage();
  }

  @Test
  void of_ambiguousLists_areRefusedByName() {
    assertEquals("there are no choices", refused());
    assertEquals("choice 1 is empty", refused(YES, TokenIds.EMPTY));
    assertEquals("choice 0 is the same as choice 2", refused(YES, NO, YES));
    assertEquals("choice 2 is the beginning of choice 1", refused(NO, YES, TokenIds.of(5)));
    assertEquals(
        "choice 1 is the beginning of choice 0", refused(TokenIds.of(1, 2, 3), TokenIds.of(1, 2)));
  }

  /** Against the definition: no choice begins another. */
  @Test
  void of_randomLists_areRefusedIfAndOnlyIfOneBeginsAnother() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      List<TokenIds> list = new ArrayList<>();
      for (int n = 1 + random.nextInt(5); n > 0; n--) {
        list.add(TokenIds.of(random.ints(1 + random.nextInt(4), 0, 3).toArray()));
      }
      boolean ambiguous =
          IntStream.range(0, list.size())
              .anyMatch(a ->
                  IntStream.range(0, list.size())
                      .anyMatch(b -> a != b && begins(list.get(a), list.get(b))));
      if (ambiguous) {
        refused++;
        assertThrows(InvalidChoicesException.class, () -> Choices.of(list), "seed " + seed);
      } else {
        assertEquals(list, Choices.of(list).list(), "seed " + seed);
      }
    }
    assertTrue(refused > 500 && refused < 2900, "refused " + refused);
  }

  private static boolean begins(TokenIds a, TokenIds b) {
    return a.size() <= b.size() && IntStream.range(0, a.size()).allMatch(i -> a.get(i) == b.get(i));
  }

  @Test
  void of_asManyWordsAsThereMayBe_andOneMore() {
    TokenIds longest = TokenIds.of(new int[Choices.MAX_WORDS - 1]);
    assertEquals(Choices.MAX_WORDS - 1, Choices.of(List.of(longest)).longest());
    TokenIds tooLong = TokenIds.of(new int[Choices.MAX_WORDS]);
    LimitExceededException e =
        assertThrows(LimitExceededException.class, () -> Choices.of(List.of(tooLong)));
    assertEquals("choiceWords", e.limitName());
    assertEquals(Choices.MAX_WORDS + 1, e.value());
    List<TokenIds> many = Collections.nCopies(Choices.MAX_WORDS, TokenIds.of(1));
    assertThrows(LimitExceededException.class, () -> Choices.of(many));
  }

  private static InferenceRequest request(int maxNewTokens, StopPolicy policy) {
    return new InferenceRequest(
        TokenIds.of(1, 2),
        maxNewTokens,
        new SamplingParameters(1, 0, 1, 0, 9, new Penalties(1.5f, 0.5f, -0.25f, 3)),
        policy,
        Choices.of(List.of(NO, YES)));
  }

  @Test
  void request_newTokensNotThoseOfTheLongestChoice_isRefused() {
    assertEquals(3, request(3, StopPolicy.NEVER).maxNewTokens());
    assertThrows(InvalidChoicesException.class, () -> request(2, StopPolicy.NEVER));
    assertThrows(InvalidChoicesException.class, () -> request(4, StopPolicy.NEVER));
  }

  private static GraphHeader header(int vocabulary, int... stopTokens) {
    return new GraphHeader(GraphMode.ROW_PER_NODE, 1, vocabulary, 16, TokenIds.of(stopTokens));
  }

  @Test
  void requireFits_idOutsideTheVocabulary_isRefused() {
    request(3, StopPolicy.NEVER).requireFits(header(9));
    LimitExceededException e =
        assertThrows(
            LimitExceededException.class,
            () -> request(3, StopPolicy.NEVER).requireFits(header(8)));
    assertEquals("vocabularySize (token 2 of choice 0)", e.limitName());
  }

  @Test
  void requireFits_stopTokenWithinAChoice_isRefusedWhereItEnds() {
    request(3, StopPolicy.NEVER).requireFits(header(9, 7));
    request(3, StopPolicy.STOP_TOKENS).requireFits(header(9, 8, 6));
    assertThrows(
        InvalidChoicesException.class,
        () -> request(3, StopPolicy.STOP_TOKENS).requireFits(header(9, 7)));
  }

  @Test
  void encodeInput_penaltiesAndChoices_lieWhereTheFormatSays() {
    ByteBuffer input =
        ByteBuffer.wrap(request(3, StopPolicy.NEVER).encodeInput()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(3 * 128, input.capacity());
    assertEquals(2, input.getInt(0));
    assertEquals(1.5f, input.getFloat(40));
    assertEquals(0.5f, input.getFloat(44));
    assertEquals(-0.25f, input.getFloat(48));
    assertEquals(3, input.getInt(52));
    assertEquals(2, input.getInt(56));
    int[] words = new int[7];
    input.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN).position(256).asIntBuffer().get(words);
    assertEquals(List.of(3, 5, 7, 8, 2, 5, 6), IntStream.of(words).boxed().toList());
  }
}
