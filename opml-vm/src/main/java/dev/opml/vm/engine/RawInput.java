package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.StopReason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The input region as the guest reads it: any bytes are allowed and have a defined meaning
 * (docs/image.md). Integers are unsigned. Immutable.
 */
public final class RawInput {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long UNSIGNED = 0xffff_ffffL;
  private static final int PROMPT = 128;
  private static final int VERSION = 2;

  private final MemorySegment region;
  private final OpenChoices choices;

  /** Copies the region's bytes; what is missing at the end is zero. */
  public RawInput(MemorySegment region) {
    long leaves = (region.byteSize() + MemoryRegion.LEAF_SIZE - 1) / MemoryRegion.LEAF_SIZE;
    byte[] copy = new byte[Math.toIntExact(Math.max(1, leaves) * MemoryRegion.LEAF_SIZE)];
    MemorySegment.copy(region, 0, MemorySegment.ofArray(copy), 0, region.byteSize());
    this.region = MemorySegment.ofArray(copy);
    long start = PROMPT + roundUpToLeaf(4 * promptLength());
    choices = new OpenChoices(choiceCount(), i -> word(start + 4L * i));
  }

  private static long roundUpToLeaf(long bytes) {
    return (bytes + MemoryRegion.LEAF_SIZE - 1) & -MemoryRegion.LEAF_SIZE;
  }

  /** A word of the region; 0 after the end of the bytes. */
  private int word(long at) {
    return at + 4 <= region.byteSize() ? region.get(INT, at) : 0;
  }

  /** A greedy request that stops only after {@code maxNewTokens}. */
  public static RawInput greedy(TokenIds prompt, int maxNewTokens) {
    MemorySegment region = MemorySegment.ofArray(new byte[PROMPT + 4 * prompt.size()]);
    region.set(INT, 0, VERSION);
    region.set(INT, 4, prompt.size());
    region.set(INT, 8, maxNewTokens);
    region.set(INT, 24, Float.floatToRawIntBits(1));
    for (int i = 0; i < prompt.size(); i++) {
      region.set(INT, PROMPT + 4L * i, prompt.get(i));
    }
    return new RawInput(region);
  }

  /** The input of a request. */
  public static RawInput of(InferenceRequest request) {
    return new RawInput(MemorySegment.ofArray(request.encodeInput()));
  }

  /** The region's bytes, read-only; zero after their end. */
  public MemorySegment bytes() {
    return region.asReadOnly();
  }

  /** Positions that the prompt takes: its tokens, or 1 for a vector of bytes. */
  public long promptLength() {
    return region.get(INT, 4) & UNSIGNED;
  }

  private long maxNewTokens() {
    return region.get(INT, 8) & UNSIGNED;
  }

  private boolean stops() {
    return region.get(INT, 12) == 1;
  }

  /**
   * Why generation ends after some tokens (docs/image.md, "Node s", rule 3), or null if it goes on.
   *
   * @param stopTokens the image's stop tokens
   * @param answer the tokens
   * @param count their number
   */
  public @Nullable StopReason ending(TokenIds stopTokens, IntUnaryOperator answer, int count) {
    if (count == 0) {
      return null;
    }
    if (choiceCount() != 0 && choices.isComplete(answer, count)) {
      return StopReason.CHOICE;
    }
    int last = answer.applyAsInt(count - 1);
    return stops() && stopTokens.stream().anyMatch(stop -> stop == last)
        ? StopReason.STOP_TOKEN
        : null;
  }

  /** Number of choices, unsigned; 0 if any answer is allowed. */
  int choiceCount() {
    return region.get(INT, 56);
  }

  OpenChoices choices() {
    return choices;
  }

  TokenPenalties penalties() {
    return new TokenPenalties(
        Float.intBitsToFloat(region.get(INT, 40)),
        Float.intBitsToFloat(region.get(INT, 44)),
        Float.intBitsToFloat(region.get(INT, 48)),
        region.get(INT, 52));
  }

  /** How tokens are drawn. */
  Sampler sampler() {
    return new Sampler(
        Float.intBitsToFloat(region.get(INT, 16)),
        region.get(INT, 20) & UNSIGNED,
        Float.intBitsToFloat(region.get(INT, 24)),
        Float.intBitsToFloat(region.get(INT, 28)),
        region.get(LONG, 32));
  }

  /**
   * Number of positions that are not the identity by rule 1 of docs/image.md, "Node s"; 0 if the
   * prompt length is out of range.
   */
  public int positions(int contextLimit) {
    long prompts = promptLength();
    if (prompts == 0 || prompts > contextLimit) {
      return 0;
    }
    return (int) Math.min(contextLimit, prompts + maxNewTokens() - 1);
  }

  /** Byte {@code i} of the prompt, unsigned; 0 after the end of the bytes. */
  int inputByte(int i) {
    long at = PROMPT + (long) i;
    return at < region.byteSize() ? region.get(ValueLayout.JAVA_BYTE, at) & 0xff : 0;
  }

  /** Prompt id {@code i}; 0 after the end of the bytes. */
  int promptId(int i) {
    return word(PROMPT + 4L * i);
  }
}
