package dev.opml.ethereum;

import dev.opml.api.ByteVector;
import dev.opml.api.Prompt;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The fields of a request as a contract gets them: anything at all. */
final class RawRequest {
  /** Fields of the sampling parameters, in the order of the struct. */
  static final int TEMPERATURE = 0;

  static final int TOP_K = 1;
  static final int TOP_P = 2;
  static final int MIN_P = 3;
  static final int REPEAT = 4;
  static final int PRESENCE = 5;
  static final int FREQUENCY = 6;
  static final int WINDOW = 7;

  byte[] prompt = new byte[0];
  int maxNewTokens;
  int stopPolicy;
  final int[] sampling = new int[8];
  long seed;
  byte[] choices = new byte[0];

  /** Ids as they travel. */
  static byte[] packed(int... ids) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    return bytes.array();
  }

  static int[] unpacked(byte[] bytes) {
    int[] ids = new int[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
    return ids;
  }

  /**
   * The request that these fields say.
   *
   * @throws RuntimeException one of those for a value that cannot be
   */
  InferenceRequest toRequest(GraphHeader header) {
    Prompt read = header.inputBytes() == 0 ? TokenIds.decode(prompt) : ByteVector.of(prompt);
    Penalties penalties =
        new Penalties(real(REPEAT), real(PRESENCE), real(FREQUENCY), sampling[WINDOW]);
    return new InferenceRequest(
        read,
        maxNewTokens,
        new SamplingParameters(
            real(TEMPERATURE), sampling[TOP_K], real(TOP_P), real(MIN_P), seed, penalties),
        policy(),
        new Choices(list()));
  }

  private float real(int field) {
    return Float.intBitsToFloat(sampling[field]);
  }

  private StopPolicy policy() {
    return switch (stopPolicy) {
      case 0 -> StopPolicy.NEVER;
      case 1 -> StopPolicy.STOP_TOKENS;
      default -> throw new IllegalArgumentException("stop policy " + stopPolicy);
    };
  }

  private List<TokenIds> list() {
    if (choices.length % 4 != 0) {
      throw new IllegalArgumentException("no whole number of words");
    }
    int[] words = unpacked(choices);
    List<TokenIds> list = new ArrayList<>();
    int at = 0;
    while (at < words.length) {
      int length = words[at++];
      if (length < 0 || length > words.length - at) {
        throw new IllegalArgumentException("a choice of " + length);
      }
      list.add(TokenIds.of(Arrays.copyOfRange(words, at, at + length)));
      at += length;
    }
    return list;
  }

  /** The struct. */
  Abi encoded() {
    return Abi.struct(
        Abi.data(prompt),
        unsigned(maxNewTokens),
        Abi.unsigned(stopPolicy),
        Abi.struct(
            unsigned(sampling[TEMPERATURE]),
            unsigned(sampling[TOP_K]),
            unsigned(sampling[TOP_P]),
            unsigned(sampling[MIN_P]),
            Abi.unsigned(seed),
            unsigned(sampling[REPEAT]),
            unsigned(sampling[PRESENCE]),
            unsigned(sampling[FREQUENCY]),
            unsigned(sampling[WINDOW])),
        Abi.data(choices));
  }

  private static Abi unsigned(int value) {
    return Abi.unsigned(Integer.toUnsignedLong(value));
  }
}
