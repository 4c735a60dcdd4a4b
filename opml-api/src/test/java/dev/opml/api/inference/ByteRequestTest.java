package dev.opml.api.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteRequestTest {
  private static final ByteVector INPUT = ByteVector.of((byte) 1, (byte) -1, (byte) 0);

  private static GraphHeader header(int inputBytes) {
    return new GraphHeader(2, GraphMode.SINGLE_PHASE, 4, 10, 2, inputBytes, TokenIds.EMPTY);
  }

  @Test
  void encodeInput_bytes_lieWhereTheFormatSays() {
    ByteBuffer input =
        ByteBuffer.wrap(InferenceRequest.classify(INPUT).encodeInput())
            .order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(256, input.capacity());
    assertEquals(List.of(2, 1, 1, 0), List.of(0, 4, 8, 12).stream().map(input::getInt).toList());
    byte[] expected = Arrays.copyOf(INPUT.toByteArray(), 128);
    assertArrayEquals(expected, Arrays.copyOfRange(input.array(), 128, 256));
  }

  @Test
  void requireFits_anotherKindOrSizeOfPrompt_isRefused() {
    InferenceRequest bytes = InferenceRequest.classify(INPUT);
    InferenceRequest tokens = InferenceRequest.greedy(TokenIds.of(1), 1);
    bytes.requireFits(header(3));
    tokens.requireFits(header(0));
    assertEquals(
        "the model reads a vector of 4 bytes, and the prompt is a vector of 3 bytes",
        refusal(bytes, header(4)));
    assertEquals(
        "the model reads token ids, and the prompt is a vector of 3 bytes",
        refusal(bytes, header(0)));
    assertEquals(
        "the model reads a vector of 1 bytes, and the prompt is token ids",
        refusal(tokens, header(1)));
  }

  private static String refusal(InferenceRequest request, GraphHeader header) {
    return String.valueOf(
        assertThrows(UnsuitablePromptException.class, () -> request.requireFits(header))
            .getMessage());
  }

  @Test
  void request_moreThanAnIndexForBytes_isRefused() {
    var penalised = new SamplingParameters(0, 0, 1, 0, 0, new Penalties(1.5f, 0, 0, 1));
    assertRefused(LimitExceededException.class, 2, SamplingParameters.GREEDY, Choices.ANY);
    assertRefused(InvalidSamplingException.class, 1, penalised, Choices.ANY);
    assertRefused(
        InvalidChoicesException.class,
        1,
        SamplingParameters.GREEDY,
        Choices.of(List.of(TokenIds.of(3))));
  }

  private static void assertRefused(
      Class<? extends OpmlException> by,
      int maxNewTokens,
      SamplingParameters sampling,
      Choices choices) {
    assertThrows(
        by, () -> new InferenceRequest(INPUT, maxNewTokens, sampling, StopPolicy.NEVER, choices));
  }

  @Test
  void request_moreBytesThanTheInputRegionHolds_isRefused() {
    InferenceRequest.classify(ByteVector.of(new byte[GraphHeader.MAX_INPUT_BYTES]));
    ByteVector tooMany = ByteVector.of(new byte[GraphHeader.MAX_INPUT_BYTES + 1]);
    var e = assertThrows(LimitExceededException.class, () -> InferenceRequest.classify(tooMany));
    assertEquals("promptBytes", e.limitName());
  }

  @Test
  void promptIds_ofBytes_areNone() {
    assertThrows(
        UnsuitablePromptException.class, () -> InferenceRequest.classify(INPUT).promptIds());
    assertEquals(TokenIds.of(1), InferenceRequest.greedy(TokenIds.of(1), 1).promptIds());
  }

  @Test
  void byteVector_equalContent_isEqual() {
    ByteVector same = ByteVector.of(INPUT.toByteArray());
    assertEquals(INPUT, same);
    assertEquals(INPUT.hashCode(), same.hashCode());
    assertEquals(1, INPUT.positions());
    assertThrows(IllegalArgumentException.class, ByteVector::of);
  }
}
