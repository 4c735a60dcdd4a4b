package dev.opml.api.inference;

import dev.opml.api.ByteVector;
import dev.opml.api.LimitExceededException;
import dev.opml.api.Prompt;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A computation: a prompt and how to continue it. Together with a program image this determines
 * every bit of the result.
 *
 * @param prompt token ids, at least one; or for a network on bytes, its input
 * @param maxNewTokens most tokens to generate, at least 1; those of the longest choice, if there
 *     are choices
 * @param sampling how tokens are drawn
 * @param stopPolicy when to end early
 * @param choices the answers that are allowed; generation ends when one is complete
 */
public record InferenceRequest(
    Prompt prompt,
    int maxNewTokens,
    SamplingParameters sampling,
    StopPolicy stopPolicy,
    Choices choices) {
  /** Most prompt tokens that the input region holds, beside as many choices as there may be. */
  public static final int MAX_PROMPT_TOKENS = (1 << 22) - 64 - Choices.MAX_WORDS;

  /** Offset in bytes of the prompt in the input region. */
  public static final int PROMPT_OFFSET = 128;

  private static final int VERSION = 2;

  /**
   * Checks what can be checked without a model.
   *
   * @throws LimitExceededException if the prompt does not fit into the input region, or more than
   *     one token is asked of a network on bytes
   * @throws InvalidChoicesException if {@code maxNewTokens} is not that of the longest choice, or a
   *     network on bytes has choices
   * @throws InvalidSamplingException if a network on bytes has penalties
   */
  public InferenceRequest {
    if (prompt.positions() == 0) {
      throw new IllegalArgumentException("the prompt has no token");
    }
    if (prompt.positions() > MAX_PROMPT_TOKENS) {
      throw new LimitExceededException("promptTokens", MAX_PROMPT_TOKENS, prompt.positions());
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be at least 1, got " + maxNewTokens);
    }
    if (!choices.any() && maxNewTokens != choices.longest()) {
      // More would be paid for in time and memory, and never come.
      throw new InvalidChoicesException(
          "the longest choice has %d tokens, and maxNewTokens is %d"
              .formatted(choices.longest(), maxNewTokens));
    }
    if (prompt instanceof ByteVector vector) {
      if (vector.size() > GraphHeader.MAX_INPUT_BYTES) {
        throw new LimitExceededException("promptBytes", GraphHeader.MAX_INPUT_BYTES, vector.size());
      }
      requireOneIndex(maxNewTokens, sampling, choices);
    }
  }

  /** The answer of a network on bytes is one index; no tokens could be penalised or continued. */
  private static void requireOneIndex(
      int maxNewTokens, SamplingParameters sampling, Choices choices) {
    if (!choices.any()) {
      throw new InvalidChoicesException("the prompt is a vector of bytes, which has no choices");
    }
    if (maxNewTokens != 1) {
      throw new LimitExceededException("maxNewTokens (of a vector of bytes)", 1, maxNewTokens);
    }
    int window = sampling.penalties().window();
    InvalidSamplingException.require(
        window == 0, "penaltyWindow", "0, because the prompt is a vector of bytes", window);
  }

  /** A request that allows any answer. */
  public InferenceRequest(
      Prompt prompt, int maxNewTokens, SamplingParameters sampling, StopPolicy stopPolicy) {
    this(prompt, maxNewTokens, sampling, stopPolicy, Choices.ANY);
  }

  /** A greedy request that ends at a stop token. */
  public static InferenceRequest greedy(TokenIds prompt, int maxNewTokens) {
    return new InferenceRequest(
        prompt, maxNewTokens, SamplingParameters.GREEDY, StopPolicy.STOP_TOKENS);
  }

  /** A request for the index of a network's largest output. */
  public static InferenceRequest classify(ByteVector input) {
    return new InferenceRequest(input, 1, SamplingParameters.GREEDY, StopPolicy.NEVER);
  }

  /**
   * The prompt's token ids.
   *
   * @throws UnsuitablePromptException if it is a vector of bytes
   */
  public TokenIds promptIds() {
    return switch (prompt) {
      case TokenIds ids -> ids;
      case ByteVector vector ->
          throw new UnsuitablePromptException(
              "the prompt is a vector of %d bytes, not token ids".formatted(vector.size()));
    };
  }

  /**
   * The same request for another number of tokens.
   *
   * @throws IllegalArgumentException if the number is not positive
   * @throws LimitExceededException if the prompt is a vector of bytes and the number above 1
   * @throws InvalidChoicesException if choices say another number
   */
  public InferenceRequest withMaxNewTokens(int value) {
    return new InferenceRequest(prompt, value, sampling, stopPolicy, choices);
  }

  /**
   * Checks this request against a model's limits.
   *
   * @throws UnsuitablePromptException if the prompt is not of the kind or size that the model reads
   * @throws LimitExceededException if prompt and new tokens exceed the context limit, or a token id
   *     the vocabulary
   * @throws InvalidChoicesException if generation may end within a choice, at a stop token
   */
  public void requireFits(GraphHeader header) {
    requirePromptOf(header);
    long length = (long) prompt.positions() + maxNewTokens;
    if (length > header.contextLimit()) {
      throw new LimitExceededException("contextLimit", header.contextLimit(), length);
    }
    if (prompt instanceof TokenIds ids) {
      requireIds(ids, header);
    }
    choices.requireFit(header, stopPolicy);
  }

  private void requirePromptOf(GraphHeader header) {
    int bytes =
        switch (prompt) {
          case TokenIds _ -> 0;
          case ByteVector vector -> vector.size();
        };
    if (bytes != header.inputBytes()) {
      throw new UnsuitablePromptException(
          "the model reads %s, and the prompt is %s"
              .formatted(kind(header.inputBytes()), kind(bytes)));
    }
  }

  private static String kind(int bytes) {
    return bytes == 0 ? "token ids" : "a vector of " + bytes + " bytes";
  }

  private static void requireIds(TokenIds tokens, GraphHeader header) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i) >= header.vocabularySize()) {
        throw new LimitExceededException(
            "vocabularySize (prompt token " + i + ")", header.vocabularySize() - 1, tokens.get(i));
      }
    }
  }

  /** The first position that generates a token: the prompt's last. */
  public int firstSampledPosition() {
    return prompt.positions() - 1;
  }

  /** Length in nodes of this request's trace under {@code header}. */
  public long traceLength(GraphHeader header) {
    return header.traceLength(prompt.positions(), maxNewTokens);
  }

  /** The bytes at the start of the input region (docs/image.md); the rest of the region is zero. */
  public byte[] encodeInput() {
    byte[] encoded = prompt.encode();
    int choicesOffset = PROMPT_OFFSET + roundUpToLeaf(encoded.length);
    ByteBuffer input =
        ByteBuffer.allocate(choicesOffset + roundUpToLeaf(4 * choices.words()))
            .order(ByteOrder.LITTLE_ENDIAN);
    input
        .putInt(VERSION)
        .putInt(prompt.positions())
        .putInt(maxNewTokens)
        .putInt(stopPolicy.code())
        .putFloat(sampling.temperature())
        .putInt(sampling.topK())
        .putFloat(sampling.topP())
        .putFloat(sampling.minP())
        .putLong(sampling.seed())
        .putFloat(sampling.penalties().repeat())
        .putFloat(sampling.penalties().presence())
        .putFloat(sampling.penalties().frequency())
        .putInt(sampling.penalties().window())
        .putInt(choices.list().size())
        .position(PROMPT_OFFSET);
    input.put(encoded);
    input.position(choicesOffset);
    for (TokenIds choice : choices.list()) {
      input.putInt(choice.size());
      choice.stream().forEach(input::putInt);
    }
    return input.array();
  }

  /** The bytes at the start of the output region after {@code tokens} were generated. */
  public static byte[] encodeOutput(TokenIds tokens) {
    ByteBuffer output =
        ByteBuffer.allocate(roundUpToLeaf(4 + 4 * tokens.size())).order(ByteOrder.LITTLE_ENDIAN);
    output.putInt(tokens.size());
    tokens.stream().forEach(output::putInt);
    return output.array();
  }

  private static int roundUpToLeaf(int bytes) {
    return (bytes + MemoryRegion.LEAF_SIZE - 1) & -MemoryRegion.LEAF_SIZE;
  }
}
