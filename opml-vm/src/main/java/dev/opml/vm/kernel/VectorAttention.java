package dev.opml.vm.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention with a lane a position for the scores and a lane an element for the weighted sum. The
 * cache must hold no NaN.
 */
final class VectorAttention {
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;
  private static final int HALF_TILE = TiledKvCache.POSITIONS / 2;
  private static final int[] SIGN_AND_MAGNITUDE = {0x8fffe000};
  private static final float[] HALF_SCALE = {0x1p112f};

  private VectorAttention() {}

  /** See {@link Kernels#attend}. */
  static void attend(
      TiledKvCache cache,
      int kvHead,
      int positions,
      float[] query,
      int queryOffset,
      float scale,
      float[] scores,
      float[] out,
      int outOffset) {
    int headDim = cache.layout().headDim();
    for (int p = 0; p < positions; p += TiledKvCache.POSITIONS) {
      long tile = cache.tile(kvHead, p);
      for (int word = 0; word < HALF_TILE; word += LANES) {
        score(cache.keys(), tile + 4L * word, headDim, query, queryOffset, scale, scores, p + word);
      }
    }
    VectorArrays.subtract(scores, positions, VectorArrays.max(scores, positions));
    VectorArrays.exp(scores, 0, positions);
    float sum = VectorArrays.sum(scores, positions);
    long values = cache.keyAt(0, kvHead) + cache.layout().valueOffset();
    int stride = cache.layout().stride();
    int i = 0;
    for (; i + 2 * LANES <= headDim; i += 2 * LANES) {
      weigh(cache.rows(), values + 2L * i, stride, scores, positions, sum, out, outOffset + i);
    }
    for (; i < headDim; i++) {
      float weighted = 0;
      for (int p = 0; p < positions; p++) {
        short v = cache.rows().get(KvCache.HALF, values + 2L * i + (long) stride * p);
        weighted = weighted + scores[p] * Float.float16ToFloat(v);
      }
      out[outOffset + i] = weighted / sum;
    }
    VectorArrays.canonicalize(out, outOffset, headDim);
  }

  /** Scores of the positions of one vector of words. */
  private static void score(
      MemorySegment keys,
      long tile,
      int headDim,
      float[] query,
      int queryOffset,
      float scale,
      float[] scores,
      int position) {
    IntVector half = IntVector.broadcast(INTS, SIGN_AND_MAGNITUDE[0]);
    FloatVector unit = FloatVector.broadcast(FLOATS, HALF_SCALE[0]);
    FloatVector low = FloatVector.zero(FLOATS);
    FloatVector high = FloatVector.zero(FLOATS);
    for (int i = 0; i < headDim; i++) {
      IntVector k =
          IntVector.fromMemorySegment(
              INTS, keys, tile + (long) TiledKvCache.LINE * i, ByteOrder.LITTLE_ENDIAN);
      FloatVector q = FloatVector.broadcast(FLOATS, query[queryOffset + i]);
      FloatVector k0 =
          k.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector k1 = k.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      low = low.add(k0.mul(q));
      high = high.add(k1.mul(q));
    }
    low.mul(scale).intoArray(scores, position);
    high.mul(scale).intoArray(scores, position + HALF_TILE);
  }

  /** Weighted sum of the elements of one vector of words, divided by the sum of the weights. */
  private static void weigh(
      MemorySegment rows,
      long values,
      int stride,
      float[] weights,
      int positions,
      float sum,
      float[] out,
      int outOffset) {
    IntVector half = IntVector.broadcast(INTS, SIGN_AND_MAGNITUDE[0]);
    FloatVector unit = FloatVector.broadcast(FLOATS, HALF_SCALE[0]);
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = FloatVector.zero(FLOATS);
    for (int p = 0; p < positions; p++) {
      IntVector v =
          IntVector.fromMemorySegment(
              INTS, rows, values + (long) stride * p, ByteOrder.LITTLE_ENDIAN);
      FloatVector e = FloatVector.broadcast(FLOATS, weights[p]);
      FloatVector v0 =
          v.lanewise(LSHL, 16).lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      FloatVector v1 = v.lanewise(ASHR, 3).and(half).reinterpretAsFloats().mul(unit);
      even = even.add(e.mul(v0));
      odd = odd.add(e.mul(v1));
    }
    float[] lanes = new float[2 * LANES];
    even.div(sum).intoArray(lanes, 0);
    odd.div(sum).intoArray(lanes, LANES);
    for (int lane = 0; lane < LANES; lane++) {
      out[outOffset + 2 * lane] = lanes[lane];
      out[outOffset + 2 * lane + 1] = lanes[LANES + lane];
    }
  }
}
