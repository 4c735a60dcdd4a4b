package dev.opml.vm.kernel;

import java.util.Arrays;

/**
 * Attention with a lane a position for the scores and a lane an element for the weighted sum. The
 * cache must hold no NaN.
 */
final class VectorAttention {
  private static final int LANES = VectorWidth.LANES;

  private VectorAttention() {}

  /** See {@link Kernels#attend}. */
  static void attend(
      TiledKvCache cache, int kvHead, QueryBlock block, float scale, float[] scores) {
    boolean whole = block.count() == QueryBlock.MOST;
    for (int q = 0; q < block.count(); q += whole ? QueryBlock.MOST : 1) {
      QueryBlock some = whole ? block : single(block, q);
      int positions = some.positionsOf(some.count() - 1);
      int room = scores.length / QueryBlock.MOST;
      score(cache, kvHead, some, scale, scores, room);
      float[] totals = new float[some.count()];
      for (int i = 0; i < totals.length; i++) {
        totals[i] = softmax(scores, i * room, some.positionsOf(i));
        // A weight of zero changes no bit of a sum that began with +0.
        Arrays.fill(scores, i * room + some.positionsOf(i), i * room + positions, 0);
      }
      weigh(cache, kvHead, some, scores, room, totals);
    }
  }

  private static QueryBlock single(QueryBlock block, int q) {
    return new QueryBlock(
        1,
        block.positionsOf(q),
        0,
        block.query(),
        block.queryOffset() + q * block.queryStep(),
        0,
        block.out(),
        block.outOffset() + q * block.outStep(),
        0);
  }

  private static void score(
      TiledKvCache cache, int kvHead, QueryBlock block, float scale, float[] scores, int room) {
    int headDim = cache.layout().headDim();
    short[] keys = cache.keys(kvHead);
    int positions = block.positionsOf(block.count() - 1);
    for (int p = 0; p < positions; p += TiledKvCache.POSITIONS) {
      int tile = cache.keyTile(p);
      if (block.count() == QueryBlock.MOST) {
        AttentionKernels.score4(keys, tile, headDim, block, scale, scores, room, p);
      } else {
        AttentionKernels.score1(keys, tile, headDim, block, scale, scores, room, p);
      }
    }
  }

  /** Makes scores weights, and returns their sum. */
  private static float softmax(float[] scores, int from, int positions) {
    float max = VectorArrays.max(scores, from, positions);
    VectorArrays.subtract(scores, from, positions, max);
    VectorArrays.exp(scores, from, positions);
    return VectorArrays.sum(scores, from, positions);
  }

  private static void weigh(
      TiledKvCache cache, int kvHead, QueryBlock block, float[] weights, int room, float[] totals) {
    int headDim = cache.layout().headDim();
    short[] values = cache.values(kvHead);
    int stride = cache.valueStride();
    int positions = block.positionsOf(block.count() - 1);
    float[] sums = new float[2 * LANES * block.count()];
    for (int word = 0; word < stride / 2; word += LANES) {
      if (block.count() == QueryBlock.MOST) {
        AttentionKernels.weigh4(values, word, stride, weights, room, positions, sums);
      } else {
        AttentionKernels.weigh1(values, word, stride, weights, room, positions, sums);
      }
      int element = TiledKvCache.element(word);
      for (int q = 0; q < block.count(); q++) {
        int out = block.outOffset() + q * block.outStep();
        divide(sums, 2 * LANES * q, totals[q], block.out(), out, element, headDim);
        int upper = element + TiledKvCache.WORDS;
        divide(sums, 2 * LANES * q + LANES, totals[q], block.out(), out, upper, headDim);
      }
    }
  }

  /** Divides what belongs to elements of the head; the rest is padding. */
  private static void divide(
      float[] sums, int from, float total, float[] out, int head, int element, int headDim) {
    for (int lane = 0; lane < Math.min(LANES, headDim - element); lane++) {
      out[head + element + lane] = ScalarKernels.canonical(sums[from + lane] / total);
    }
  }
}
