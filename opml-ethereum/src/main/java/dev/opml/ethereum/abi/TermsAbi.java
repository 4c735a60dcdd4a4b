package dev.opml.ethereum.abi;

import dev.opml.api.ByteVector;
import dev.opml.api.ModelId;
import dev.opml.api.Prompt;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.RequestTerms;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A request's terms, as the structures of Types.sol. */
final class TermsAbi {
  private TermsAbi() {}

  static AbiTuple encode(RequestTerms terms) {
    return new AbiTuple()
        .word(terms.model().value())
        .tuple(encode(terms.inference()))
        .unsigned(terms.fee().amount())
        .unsigned(terms.sealingDeadline())
        .address(terms.consumer())
        .unsigned(terms.policy().challengeWindow())
        .unsigned(terms.policy().bond().amount())
        .unsigned(terms.nonce());
  }

  private static AbiTuple encode(InferenceRequest request) {
    return new AbiTuple()
        .bytes(request.prompt().encode())
        .unsigned(request.maxNewTokens())
        .unsigned(request.stopPolicy().code())
        .tuple(encode(request.sampling()))
        .bytes(encode(request.choices()));
  }

  private static AbiTuple encode(SamplingParameters sampling) {
    Penalties penalties = sampling.penalties();
    return new AbiTuple()
        .unsigned(Float.floatToRawIntBits(sampling.temperature()))
        .unsigned(sampling.topK())
        .unsigned(Float.floatToRawIntBits(sampling.topP()))
        .unsigned(Float.floatToRawIntBits(sampling.minP()))
        .unsigned(sampling.seed())
        .unsigned(Float.floatToRawIntBits(penalties.repeat()))
        .unsigned(Float.floatToRawIntBits(penalties.presence()))
        .unsigned(Float.floatToRawIntBits(penalties.frequency()))
        .unsigned(penalties.window());
  }

  private static byte[] encode(Choices choices) {
    int words = choices.list().stream().mapToInt(choice -> 1 + choice.size()).sum();
    ByteBuffer packed = ByteBuffer.allocate(Integer.BYTES * words).order(ByteOrder.LITTLE_ENDIAN);
    choices.list().forEach(choice -> packed.putInt(choice.size()).put(choice.encode()));
    return packed.array();
  }

  /**
   * Decodes terms.
   *
   * @param headers of registered models: four bytes look like one token, so only the model's header
   *     says which of the two a prompt is
   * @throws MalformedAbiException if the model is none of them
   */
  static RequestTerms decode(AbiInput in, Function<ModelId, Optional<GraphHeader>> headers) {
    ModelId model = new ModelId(in.word());
    GraphHeader header =
        headers
            .apply(model)
            .orElseThrow(
                () -> new MalformedAbiException("a request to the unknown model " + model));
    return new RequestTerms(
        model,
        inference(in.tuple(), header),
        in.wei(),
        in.unsigned(Long.SIZE),
        in.address(),
        new FinalityPolicy(in.unsigned(Long.SIZE), in.wei()),
        in.unsigned(Long.SIZE));
  }

  private static InferenceRequest inference(AbiInput in, GraphHeader header) {
    Prompt prompt = prompt(in.bytes(), header);
    int maxNewTokens = (int) in.unsigned(Integer.SIZE - 1);
    StopPolicy stopPolicy = in.unsigned(1) == 0 ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS;
    return new InferenceRequest(
        prompt, maxNewTokens, sampling(in), stopPolicy, choices(in.bytes()));
  }

  private static Prompt prompt(byte[] bytes, GraphHeader header) {
    return header.inputBytes() == 0 ? TokenIds.decode(bytes) : ByteVector.of(bytes);
  }

  private static SamplingParameters sampling(AbiInput in) {
    float temperature = real(in);
    int topK = (int) in.unsigned(Integer.SIZE - 1);
    float topP = real(in);
    float minP = real(in);
    long seed = in.unsigned(Long.SIZE);
    Penalties penalties =
        new Penalties(real(in), real(in), real(in), (int) in.unsigned(Integer.SIZE - 1));
    return new SamplingParameters(temperature, topK, topP, minP, seed, penalties);
  }

  private static float real(AbiInput in) {
    return Float.intBitsToFloat((int) in.unsigned(Integer.SIZE));
  }

  private static Choices choices(byte[] packed) {
    ByteBuffer in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    List<TokenIds> list = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < Integer.BYTES) {
        throw new MalformedAbiException(in.remaining() + " bytes after the last choice");
      }
      long bytes = Integer.toUnsignedLong(in.getInt()) * Integer.BYTES;
      if (bytes > in.remaining()) {
        throw new MalformedAbiException("a choice of " + bytes + " of " + in.remaining());
      }
      byte[] ids = new byte[(int) bytes];
      in.get(ids);
      list.add(TokenIds.decode(ids));
    }
    return new Choices(list);
  }
}
