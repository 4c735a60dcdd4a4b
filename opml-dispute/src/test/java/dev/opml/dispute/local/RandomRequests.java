package dev.opml.dispute.local;

import dev.opml.api.ByteVector;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Requests with any extension, and their input region as the table of docs/image.md has it. */
final class RandomRequests {
  private static final int SIZE = 1 << 14;

  private RandomRequests() {}

  /**
   * Requests whose prompt is token ids.
   *
   * @param ids number of ids that prompt and choices are made of
   */
  static InferenceRequest tokens(Random random, int ids) {
    TokenIds prompt = ids(random, 1 + random.nextInt(100), ids);
    Choices choices = random.nextBoolean() ? Choices.ANY : choices(random, ids);
    return new InferenceRequest(
        prompt,
        choices.any() ? 1 + random.nextInt(200) : choices.longest(),
        sampling(random, random.nextBoolean() ? Penalties.NONE : penalties(random)),
        random.nextBoolean() ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS,
        choices);
  }

  /** Requests whose prompt is a vector of bytes. */
  static InferenceRequest bytes(Random random, int size) {
    byte[] vector = new byte[size];
    random.nextBytes(vector);
    return new InferenceRequest(
        ByteVector.of(vector),
        1,
        sampling(random, Penalties.NONE),
        random.nextBoolean() ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS);
  }

  private static TokenIds ids(Random random, int count, int ids) {
    return TokenIds.of(random.ints(count, 0, ids).toArray());
  }

  /** Each begins with an id of its own, so none begins another. */
  private static Choices choices(Random random, int ids) {
    List<TokenIds> list = new ArrayList<>();
    int count = 1 + random.nextInt(10);
    for (int i = 0; i < count; i++) {
      list.add(TokenIds.of(i).concat(ids(random, random.nextInt(12), ids)));
    }
    return Choices.of(list);
  }

  private static Penalties penalties(Random random) {
    return new Penalties(
        0.5f + random.nextFloat(),
        random.nextFloat() - 0.5f,
        1 + random.nextFloat(),
        1 + random.nextInt(1000));
  }

  private static SamplingParameters sampling(Random random, Penalties penalties) {
    return new SamplingParameters(
        random.nextBoolean() ? 0 : 0.5f + random.nextFloat(),
        random.nextInt(100),
        1 - random.nextFloat() / 2,
        random.nextFloat() / 2,
        random.nextLong(),
        penalties);
  }

  /** The beginning of the input region, written field by field. */
  static byte[] inputRegion(InferenceRequest request) {
    ByteBuffer region = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    int length =
        switch (request.prompt()) {
          case TokenIds ids -> {
            IntStream.range(0, ids.size()).forEach(i -> region.putInt(128 + 4 * i, ids.get(i)));
            yield ids.size();
          }
          case ByteVector vector -> {
            region.put(128, vector.toByteArray());
            yield 1;
          }
        };
    SamplingParameters sampling = request.sampling();
    region.putInt(0, 2);
    region.putInt(4, length);
    region.putInt(8, request.maxNewTokens());
    region.putInt(12, request.stopPolicy() == StopPolicy.STOP_TOKENS ? 1 : 0);
    region.putFloat(16, sampling.temperature());
    region.putInt(20, sampling.topK());
    region.putFloat(24, sampling.topP());
    region.putFloat(28, sampling.minP());
    region.putLong(32, sampling.seed());
    region.putFloat(40, sampling.penalties().repeat());
    region.putFloat(44, sampling.penalties().presence());
    region.putFloat(48, sampling.penalties().frequency());
    region.putInt(52, sampling.penalties().window());
    region.putInt(56, request.choices().list().size());
    int at = Math.ceilDiv(128 + 4 * length, 128) * 128;
    for (TokenIds choice : request.choices().list()) {
      region.putInt(at, choice.size());
      for (int i = 0; i < choice.size(); i++) {
        region.putInt(at + 4 + 4 * i, choice.get(i));
      }
      at += 4 + 4 * choice.size();
    }
    return region.array();
  }
}
