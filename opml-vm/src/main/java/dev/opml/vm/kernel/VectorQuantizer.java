package dev.opml.vm.kernel;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link QuantizedVectors#quantize}, the same bits. Of the forms only those are filled that vector
 * kernels read: batches are multiplied otherwise than single vectors.
 */
final class VectorQuantizer {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final int LANES = VectorWidth.LANES;

  /** As many lanes as columns of a word's neighbouring nibbles are apart. */
  private static final VectorSpecies<Integer> STRIDE = IntVector.SPECIES_128;

  private static final int SUB_BLOCK = QuantizedVectors.SUB_BLOCK;

  private VectorQuantizer() {}

  /** Quantizes block {@code b} of a vector, which starts at {@code x[from]}. */
  static void quantize(QuantizedVectors q, float[] x, int from, int vector, int b) {
    int largest = largestMagnitude(x, from, q.block);
    q.scale[q.at(vector, b)] = QuantizedVectors.scale(largest);
    float inverse = QuantizedVectors.inverse(largest);
    boolean batch = q.vectors >= Activations.BATCH;
    for (int i = 0; i < q.block; i += SUB_BLOCK) {
      int sub = q.at(vector, (b * q.block + i) / SUB_BLOCK);
      int sum = round(x, from + i, inverse, q, sub * SUB_BLOCK, batch);
      if (batch) {
        q.setSum(sub, sum);
        continue;
      }
      q.addUp(sub);
      chain(q.pairs, sub * SUB_BLOCK, q.chains);
      if (q.block == QuantizedVectors.SMALL_BLOCK) {
        biasBytes(q.pairs, sub * SUB_BLOCK, q.byteBiases);
      }
    }
  }

  private static int largestMagnitude(float[] x, int from, int n) {
    IntVector largest = IntVector.zero(INTS);
    for (int i = from; i < from + n; i += LANES) {
      largest =
          largest.max(FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(0x7fffffff));
    }
    return largest.reduceLanes(MAX);
  }

  /** Fills a sub-block's pairs, in a batch its floats too, and returns its sum. */
  private static int round(
      float[] x, int from, float inverse, QuantizedVectors to, int at, boolean batch) {
    // Zero times infinity would not be zero.
    boolean none = inverse == 0;
    int[] pairs = to.pairs;
    float[] floats = to.floats;
    FloatVector rounder = FloatVector.broadcast(FLOATS, Exponential.ROUNDER);
    IntVector sum = IntVector.zero(INTS);
    for (int i = 0; i < SUB_BLOCK; i += LANES) {
      FloatVector v = none ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, x, from + i);
      FloatVector rounded = v.mul(inverse).add(rounder);
      IntVector q = rounded.reinterpretAsInts().sub(Exponential.ROUNDER_BITS).and(0xffff);
      q.or(q.lanewise(LSHL, 16)).intoArray(pairs, at + i);
      sum = sum.add(q);
      if (batch) {
        rounded.sub(rounder).intoArray(floats, at + i);
      }
    }
    return sum.reduceLanes(ADD);
  }

  /** {@link QuantizedVectors#chains}. */
  private static void chain(int[] pairs, int from, int[] chains) {
    int half = SUB_BLOCK / 2;
    for (int c = 0; c < half; c += NibbleLayout.NIBBLE_STRIDE) {
      IntVector lower = IntVector.fromArray(STRIDE, pairs, from + c);
      if (c > 0) {
        lower = lower.sub(before(pairs, from + c));
      }
      IntVector upper =
          IntVector.fromArray(STRIDE, pairs, from + half + c).sub(before(pairs, from + half + c));
      lower.and(0xffff).or(upper.lanewise(LSHL, 16)).intoArray(chains, from / 2 + c);
    }
  }

  /** Sixteen times what is one nibble before. */
  private static IntVector before(int[] pairs, int at) {
    return IntVector.fromArray(STRIDE, pairs, at - NibbleLayout.NIBBLE_STRIDE).lanewise(LSHL, 4);
  }

  /** {@link QuantizedVectors#byteBiases}; between them is what nobody reads. */
  private static void biasBytes(int[] pairs, int from, int[] biases) {
    for (int i = from; i < from + SUB_BLOCK; i += LANES) {
      IntVector bias =
          IntVector.fromArray(INTS, pairs, i)
              .add(IntVector.fromArray(INTS, pairs, i + 1))
              .mul(-QuantizedVectors.BYTE_BIAS);
      bias.add(0x8000).and(0xffff).or(bias.lanewise(LSHL, 16)).intoArray(biases, i);
    }
  }
}
