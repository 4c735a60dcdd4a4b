package dev.opml.api.image;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header leaf of a program image (docs/image.md): what an arbiter must know about a graph.
 *
 * @param formatVersion format version of the image, at least 1; this library makes {@value
 *     #CURRENT_VERSION}
 * @param mode how nodes are cut into trace steps
 * @param nodesPerToken rows of the node table, at least 1
 * @param vocabularySize number of tokens, or of a network's outputs, at least 1
 * @param contextLimit largest number of positions of the prompt plus new tokens, at least 2
 * @param inputBytes 0 if the prompt is token ids; else it is a vector of so many bytes, at most
 *     {@value #MAX_INPUT_BYTES}
 * @param stopTokens ids after which generation stops under {@link
 *     dev.opml.api.inference.StopPolicy#STOP_TOKENS}; at most {@value #MAX_STOP_TOKENS}
 */
public record GraphHeader(
    int formatVersion,
    GraphMode mode,
    int nodesPerToken,
    int vocabularySize,
    int contextLimit,
    int inputBytes,
    TokenIds stopTokens) {
  /** Format version of docs/image.md. */
  public static final int CURRENT_VERSION = 2;

  /** Most stop tokens that a header holds. */
  public static final int MAX_STOP_TOKENS = 16;

  /** Most bytes of a vector: what the input region holds behind its header. */
  public static final int MAX_INPUT_BYTES = (1 << 24) - 128;

  /** Longest trace. */
  public static final long MAX_TRACE_LENGTH = 1L << 40;

  private static final int MAGIC = 0x4c4d504f;

  /** Checks the ranges above. */
  public GraphHeader {
    requireAtLeast("formatVersion", formatVersion, 1);
    requireAtLeast("nodesPerToken", nodesPerToken, 1);
    requireAtLeast("vocabularySize", vocabularySize, 1);
    requireAtLeast("contextLimit", contextLimit, 2);
    requireAtLeast("inputBytes", inputBytes, 0);
    if (inputBytes > MAX_INPUT_BYTES) {
      throw new LimitExceededException("inputBytes", MAX_INPUT_BYTES, inputBytes);
    }
    if (stopTokens.size() > MAX_STOP_TOKENS) {
      throw new LimitExceededException("stopTokens", MAX_STOP_TOKENS, stopTokens.size());
    }
  }

  /**
   * A header of the {@linkplain #CURRENT_VERSION current version}, of a model whose prompt is token
   * ids.
   */
  public GraphHeader(
      GraphMode mode,
      int nodesPerToken,
      int vocabularySize,
      int contextLimit,
      TokenIds stopTokens) {
    this(CURRENT_VERSION, mode, nodesPerToken, vocabularySize, contextLimit, 0, stopTokens);
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", got " + value);
    }
  }

  /** Encodes the header leaf. */
  public byte[] encode() {
    ByteBuffer leaf = ByteBuffer.allocate(MemoryRegion.LEAF_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    leaf.putInt(MAGIC)
        .putInt(formatVersion)
        .putInt(mode.code())
        .putInt(nodesPerToken)
        .putInt(vocabularySize)
        .putInt(contextLimit)
        .putInt(stopTokens.size())
        .putInt(inputBytes);
    stopTokens.stream().forEach(leaf::putInt);
    return leaf.array();
  }

  /**
   * Decodes a header leaf; every byte is checked, so that {@code decode(b).encode()} equals {@code
   * b}.
   *
   * @throws IllegalArgumentException if a field is out of range or a reserved byte is not zero
   */
  public static GraphHeader decode(byte[] leaf) {
    if (leaf.length != MemoryRegion.LEAF_SIZE) {
      throw new IllegalArgumentException("graph header: expected 128 bytes, got " + leaf.length);
    }
    ByteBuffer in = ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN);
    int modeCode = in.getInt(8);
    int stopCount = in.getInt(24);
    int inputBytes = in.getInt(28);
    if (modeCode < 0
        || modeCode > 1
        || stopCount < 0
        || stopCount > MAX_STOP_TOKENS
        || inputBytes < 0
        || inputBytes > MAX_INPUT_BYTES) {
      throw new IllegalArgumentException(
          "graph header: mode %d, stop tokens %d, input bytes %d"
              .formatted(modeCode, stopCount, inputBytes));
    }
    int[] stops = new int[stopCount];
    for (int i = 0; i < stopCount; i++) {
      stops[i] = in.getInt(32 + 4 * i);
    }
    GraphHeader header =
        new GraphHeader(
            in.getInt(4),
            modeCode == GraphMode.SINGLE_PHASE.code()
                ? GraphMode.SINGLE_PHASE
                : GraphMode.ROW_PER_NODE,
            in.getInt(12),
            in.getInt(16),
            in.getInt(20),
            inputBytes,
            TokenIds.of(stops));
    byte[] canonical = header.encode();
    for (int i = 0; i < canonical.length; i++) {
      if (canonical[i] != leaf[i]) {
        throw new IllegalArgumentException("graph header: unexpected byte at offset " + i);
      }
    }
    return header;
  }

  /**
   * Length of the trace of a request: {@code (promptLength + maxNewTokens - 1) * nodesPerToken}, or
   * 1 in single-phase mode.
   *
   * @throws LimitExceededException if it is above {@link #MAX_TRACE_LENGTH}
   */
  public long traceLength(int promptLength, int maxNewTokens) {
    if (mode == GraphMode.SINGLE_PHASE) {
      return 1;
    }
    long length = ((long) promptLength + maxNewTokens - 1) * nodesPerToken;
    if (length > MAX_TRACE_LENGTH) {
      throw new LimitExceededException("traceLength", MAX_TRACE_LENGTH, length);
    }
    return length;
  }
}
