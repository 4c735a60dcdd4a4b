package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;

/**
 * Where activations and KV rows lie in the {@code state} region (docs/image.md, "State buffers").
 * Addresses are absolute; every vector starts at a leaf.
 *
 * @param x residual stream
 * @param normed normalised residual stream
 * @param query queries of all heads
 * @param attended output of attention
 * @param hidden hidden vector of the feed-forward block
 * @param logits logits
 * @param cache KV rows of layer 0
 * @param valueOffset bytes from the keys to the values of a KV row
 * @param layerBytes bytes from one layer's KV rows to the next layer's
 * @param end first address after the last KV row
 */
public record StateLayout(
    long x,
    long normed,
    long query,
    long attended,
    long hidden,
    long logits,
    long cache,
    int valueOffset,
    long layerBytes,
    long end) {
  private static final long CACHE_ALIGNMENT = 1 << 20;
  private static final long LAYER_ALIGNMENT = 1 << 12;

  /**
   * Lays out the buffers of a model.
   *
   * @throws LimitExceededException if they do not fit the region
   */
  static StateLayout of(DecoderShape shape, int layers, int contextLimit) {
    long x = MemoryRegion.STATE.base();
    long normed = x + floats(shape.embeddingLength());
    long query = normed + floats(shape.embeddingLength());
    long attended = query + floats(shape.queryLength());
    long hidden = attended + floats(shape.queryLength());
    long logits = hidden + floats(shape.feedForwardLength());
    long cache = roundUp(logits + floats(shape.vocabularySize()), CACHE_ALIGNMENT);
    int valueOffset = (int) roundUp(2L * shape.keyLength(), MemoryRegion.LEAF_SIZE);
    long layerBytes = roundUp(2L * valueOffset * contextLimit, LAYER_ALIGNMENT);
    long room = MemoryRegion.STATE.base() + MemoryRegion.STATE.size() - cache;
    if (layerBytes > room / layers) { // their product may exceed 64 bits
      throw new LimitExceededException("stateBytes of a layer", room / layers, layerBytes);
    }
    long end = cache + layerBytes * layers;
    return new StateLayout(
        x, normed, query, attended, hidden, logits, cache, valueOffset, layerBytes, end);
  }

  /** Bytes from one position's KV row to the next. */
  public int cacheStride() {
    return 2 * valueOffset;
  }

  /** Address of the KV row of position 0 in a layer. */
  public long cache(int layer) {
    return cache + layer * layerBytes;
  }

  /** Bytes of a vector with its padding. */
  static long floats(long count) {
    return roundUp(4 * count, MemoryRegion.LEAF_SIZE);
  }

  static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
