package dev.opml.ethereum.abi;

import dev.opml.api.ByteVector;
import dev.opml.api.InputRoot;
import dev.opml.api.ModelId;
import dev.opml.api.Prompt;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.merkle.Commitments;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

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

  /** The fields of terms whose prompt may be read in two ways. */
  record Draft(
      ModelId model,
      Inference inference,
      Wei fee,
      long sealingDeadline,
      Address consumer,
      FinalityPolicy policy,
      long nonce) {
    /**
     * The terms. Whether the prompt is token ids or a vector of bytes is not said, but the root of
     * the input region is another.
     *
     * @throws MalformedAbiException if neither has the root
     */
    RequestTerms with(InputRoot inputRoot) {
      return new RequestTerms(
          model, inference.with(inputRoot), fee, sealingDeadline, consumer, policy, nonce);
    }
  }

  static Draft decode(AbiInput in) {
    return new Draft(
        new ModelId(in.word()),
        inference(in.tuple()),
        in.wei(),
        in.unsigned(Long.SIZE),
        in.address(),
        new FinalityPolicy(in.unsigned(Long.SIZE), in.wei()),
        in.unsigned(Long.SIZE));
  }

  private static Inference inference(AbiInput in) {
    return new Inference(
        ByteBuffer.wrap(in.bytes()).asReadOnlyBuffer(),
        (int) in.unsigned(Integer.SIZE - 1),
        in.unsigned(1) == 0 ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS,
        sampling(in),
        choices(in.bytes()));
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

  /** The fields of an inference whose prompt may be read in two ways. */
  record Inference(
      ByteBuffer prompt,
      int maxNewTokens,
      StopPolicy stopPolicy,
      SamplingParameters sampling,
      Choices choices) {
    InferenceRequest with(InputRoot inputRoot) {
      byte[] bytes = new byte[prompt.remaining()];
      prompt.duplicate().get(bytes);
      List<RuntimeException> refused = new ArrayList<>();
      for (PromptKind kind : PromptKind.values()) {
        try {
          InferenceRequest request =
              new InferenceRequest(kind.of(bytes), maxNewTokens, sampling, stopPolicy, choices);
          if (Commitments.inputRoot(request).equals(inputRoot)) {
            return request;
          }
        } catch (RuntimeException e) {
          refused.add(e); // of the other kind it may be one
        }
      }
      MalformedAbiException failure =
          new MalformedAbiException("no input region of these terms has the root " + inputRoot);
      refused.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private enum PromptKind {
    TOKENS {
      @Override
      Prompt of(byte[] bytes) {
        return TokenIds.decode(bytes);
      }
    },
    BYTES {
      @Override
      Prompt of(byte[] bytes) {
        return ByteVector.of(bytes);
      }
    };

    abstract Prompt of(byte[] bytes);
  }
}
