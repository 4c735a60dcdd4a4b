package dev.opml.vm.kernel.vector;

import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.arithmetic.Curves;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import dev.opml.vm.kernel.width.VectorWidth;
import java.util.Arrays;

/**
 * Attention with a lane a position for the scores and a lane an element for the weighted sum. The
 * cache must hold no NaN.
 */
final class VectorAttention {
  private static final int LANES = VectorWidth.LANES;

  private VectorAttention() {}

  /** See {@link Kernels#attend}. Scores begin with those of the first tile that is read. */
  static void attend(
      TiledKvCache cache, int kvHead, QueryBlock block, Scoring scoring, float[] scores) {
    boolean whole = block.count() == QueryBlock.MOST;
    for (int q = 0; q < block.count(); q += whole ? QueryBlock.MOST : 1) {
      QueryBlock some = whole ? block : single(block, q);
      int begin =
          scoring.first(some.positionsOf(0)) / TiledKvCache.POSITIONS * TiledKvCache.POSITIONS;
      int positions = some.positionsOf(some.count() - 1) - begin;
      int room = scores.length / QueryBlock.MOST;
      score(cache, kvHead, some, begin, positions, scoring.scale(), scores, room);
      float[] totals = new float[some.count()];
      for (int i = 0; i < totals.length; i++) {
        int first = scoring.first(some.positionsOf(i)) - begin;
        int end = some.positionsOf(i) - begin;
        // A weight of zero changes no bit of a sum that began with +0.
        Arrays.fill(scores, i * room, i * room + first, 0);
        Arrays.fill(scores, i * room + end, i * room + positions, 0);
        weights(scores, i * room + first, end - first, scoring);
        totals[i] = VectorArrays.sum(scores, i * room, end);
      }
      weigh(cache, kvHead, some, begin, positions, scores, room, totals);
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

  /**
   * Scores of positions from {@code begin} on.
   *
   * @param begin first position, where a tile begins
   * @param positions number of positions
   */
  private static void score(
      TiledKvCache cache,
      int kvHead,
      QueryBlock block,
      int begin,
      int positions,
      float scale,
      float[] scores,
      int room) {
    int headDim = cache.layout().headDim();
    short[] keys = cache.keys(kvHead);
    for (int p = 0; p < positions; p += TiledKvCache.POSITIONS) {
      int tile = cache.keyTile(begin + p);
      if (block.count() == QueryBlock.MOST) {
        AttentionKernels.score4(keys, tile, headDim, block, scale, scores, room, p);
      } else {
        AttentionKernels.score1(keys, tile, headDim, block, scale, scores, room, p);
      }
    }
  }

  /** Makes scores weights. */
  private static void weights(float[] scores, int from, int n, Scoring scoring) {
    if (scoring.capped()) {
      VectorArrays.softCap(scores, from, n, scoring.cap());
    }
    float max = VectorArrays.max(scores, from, n);
    VectorArrays.subtract(scores, from, n, max);
    VectorArrays.exp(scores, from, n);
  }

  private static void weigh(
      TiledKvCache cache,
      int kvHead,
      QueryBlock block,
      int begin,
      int positions,
      float[] weights,
      int room,
      float[] totals) {
    int headDim = cache.layout().headDim();
    short[] values = cache.values(kvHead);
    int stride = cache.valueStride();
    int start = begin * stride / 2;
    float[] sums = new float[2 * LANES * block.count()];
    for (int word = 0; word < stride / 2; word += LANES) {
      if (block.count() == QueryBlock.MOST) {
        AttentionKernels.weigh4(values, start + word, stride, weights, room, positions, sums);
      } else {
        AttentionKernels.weigh1(values, start + word, stride, weights, room, positions, sums);
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
      out[head + element + lane] = Curves.canonical(sums[from + lane] / total);
    }
  }
}
