package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

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

  private final MemorySegment region;

  /** Copies the region's bytes; what is missing at the end is zero. */
  public RawInput(MemorySegment region) {
    long leaves = (region.byteSize() + MemoryRegion.LEAF_SIZE - 1) / MemoryRegion.LEAF_SIZE;
    byte[] copy = new byte[Math.toIntExact(Math.max(1, leaves) * MemoryRegion.LEAF_SIZE)];
    MemorySegment.copy(region, 0, MemorySegment.ofArray(copy), 0, region.byteSize());
    this.region = MemorySegment.ofArray(copy);
  }

  /** A greedy request that stops only after {@code maxNewTokens}. */
  public static RawInput greedy(TokenIds prompt, int maxNewTokens) {
    MemorySegment region = MemorySegment.ofArray(new byte[PROMPT + 4 * prompt.size()]);
    region.set(INT, 0, 1);
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

  /** Number of prompt tokens. */
  public long promptLength() {
    return region.get(INT, 4) & UNSIGNED;
  }

  private long maxNewTokens() {
    return region.get(INT, 8) & UNSIGNED;
  }

  /** Whether generation stops after a stop token. */
  public boolean stops() {
    return region.get(INT, 12) == 1;
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

  /** Prompt id {@code i}; 0 after the end of the bytes. */
  int promptId(int i) {
    long at = PROMPT + 4L * i;
    return at + 4 <= region.byteSize() ? region.get(INT, at) : 0;
  }
}
