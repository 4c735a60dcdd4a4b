package dev.opml.vm.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;

import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.arithmetic.Exponential;
import dev.opml.vm.kernel.tile.ByteLayout;
import dev.opml.vm.kernel.tile.NibbleLayout;
import dev.opml.vm.kernel.width.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link QuantizedVectors#quantize}, the same bits, in the forms that are needed. */
final class VectorQuantizer {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final int LANES = VectorWidth.LANES;

  /** As many lanes as columns of a word's neighbouring nibbles are apart. */
  private static final VectorSpecies<Integer> STRIDE = IntVector.SPECIES_128;

  private static final int SUB_BLOCK = QuantizedVectors.SUB_BLOCK;

  private final QuantizedVectors q;
  private final boolean inPairs;
  private final boolean withPartBiases;
  private final boolean inFloats;
  private final boolean inNibbleRecords;
  private final boolean inByteRecords;

  /** Pairs of a sub-block that only its records are made of. */
  private final int[] own = new int[SUB_BLOCK];

  VectorQuantizer(QuantizedVectors q) {
    this.q = q;
    inPairs = q.isNeeded(ActivationForm.PAIRS);
    withPartBiases = q.isNeeded(ActivationForm.PART_BIASES);
    inFloats = q.isNeeded(ActivationForm.FLOATS);
    inNibbleRecords = q.isNeeded(ActivationForm.NIBBLE_RECORDS);
    inByteRecords = q.isNeeded(ActivationForm.BYTE_RECORDS);
  }

  /** Quantizes block {@code b} of a vector, which starts at {@code x[from]}. */
  void quantize(float[] x, int from, int vector, int b) {
    int largest = largestMagnitude(x, from, q.block);
    float scale = QuantizedVectors.scale(largest);
    q.scale[q.at(vector, b)] = scale;
    float inverse = QuantizedVectors.inverse(largest);
    for (int i = 0; i < q.block; i += SUB_BLOCK) {
      int n = (b * q.block + i) / SUB_BLOCK;
      int sub = q.at(vector, n);
      int at = sub * SUB_BLOCK;
      int[] to = inPairs ? q.pairs : own;
      int toAt = inPairs ? at : 0;
      int sum = round(x, from + i, inverse, to, toAt, at);
      if (withPartBiases) {
        q.addUp(sub, to, toAt);
      } else {
        q.setSum(sub, sum);
      }
      if (inNibbleRecords) {
        int[] records = q.records(ActivationForm.NIBBLE_RECORDS);
        int body = beginRecord(ActivationForm.NIBBLE_RECORDS, vector, n, sub, scale);
        records[body] = q.biases[0][sub] & 0xffff;
        chain(to, toAt, records, body + 1);
      }
      if (inByteRecords) {
        int[] records = q.records(ActivationForm.BYTE_RECORDS);
        int body = beginRecord(ActivationForm.BYTE_RECORDS, vector, n, sub, scale);
        chainBytes(to, toAt, records, body);
        biasBytes(to, toAt, records, body + SUB_BLOCK);
      }
    }
  }

  /** Writes the sum and the scale of record {@code n}; returns the index of what is between. */
  private int beginRecord(ActivationForm form, int vector, int n, int sub, float scale) {
    int[] records = q.records(form);
    int at = q.recordAt(form, vector, n);
    records[at] = q.sums[sub];
    records[at + form.ints - 1] = Float.floatToRawIntBits(scale);
    return at + 1;
  }

  private static int largestMagnitude(float[] x, int from, int n) {
    IntVector largest = IntVector.zero(INTS);
    for (int i = from; i < from + n; i += LANES) {
      largest =
          largest.max(
              FloatVector.fromArray(FLOATS, x, i)
                  .reinterpretAsInts()
                  .and(QuantizedVectors.MAGNITUDE));
    }
    return largest.reduceLanes(MAX);
  }

  /** Fills a sub-block's pairs, and its floats if needed, and returns its sum. */
  private int round(float[] x, int from, float inverse, int[] pairs, int pairsAt, int floatsAt) {
    // Zero times infinity would not be zero.
    boolean none = inverse == 0;
    float[] floats = q.floats;
    FloatVector rounder = FloatVector.broadcast(FLOATS, Exponential.ROUNDER);
    IntVector sum = IntVector.zero(INTS);
    for (int i = 0; i < SUB_BLOCK; i += LANES) {
      FloatVector v = none ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, x, from + i);
      FloatVector rounded = v.mul(inverse).add(rounder);
      IntVector n = rounded.reinterpretAsInts().sub(Exponential.ROUNDER_BITS).and(0xffff);
      n.or(n.lanewise(LSHL, 16)).intoArray(pairs, pairsAt + i);
      sum = sum.add(n);
      if (inFloats) {
        rounded.sub(rounder).intoArray(floats, floatsAt + i);
      }
    }
    return sum.reduceLanes(ADD);
  }

  /** Writes the factors of words of nibbles, {@link ActivationForm#NIBBLE_RECORDS}. */
  private static void chain(int[] pairs, int from, int[] chains, int to) {
    int half = SUB_BLOCK / 2;
    for (int c = 0; c < half; c += NibbleLayout.NIBBLE_STRIDE) {
      IntVector lower = IntVector.fromArray(STRIDE, pairs, from + c);
      if (c > 0) {
        lower = lower.sub(before(pairs, from + c));
      }
      IntVector upper =
          IntVector.fromArray(STRIDE, pairs, from + half + c).sub(before(pairs, from + half + c));
      lower.and(0xffff).or(upper.lanewise(LSHL, 16)).intoArray(chains, to + c);
    }
  }

  /** Sixteen times what is one nibble before. */
  private static IntVector before(int[] pairs, int at) {
    return IntVector.fromArray(STRIDE, pairs, at - NibbleLayout.NIBBLE_STRIDE).lanewise(LSHL, 4);
  }

  /** Writes the factors of pairs of bytes, {@link ActivationForm#BYTE_RECORDS}. */
  private static void chainBytes(int[] pairs, int from, int[] chains, int to) {
    for (int i = 0; i < SUB_BLOCK; i += LANES) {
      IntVector x = IntVector.fromArray(INTS, pairs, from + i);
      // 256 a in both halves, where b is; modulo 2^16, so that the lower byte of a is enough.
      IntVector before =
          x.and(0xff).mul(0x01000100).reinterpretAsLongs().lanewise(LSHL, 32).reinterpretAsInts();
      x.reinterpretAsShorts()
          .sub(before.reinterpretAsShorts())
          .reinterpretAsInts()
          .intoArray(chains, to + i);
    }
  }

  /**
   * Writes the biases of pairs of bytes, {@link ActivationForm#BYTE_RECORDS}, and anything between.
   */
  private static void biasBytes(int[] pairs, int from, int[] biases, int to) {
    for (int i = 0; i < SUB_BLOCK; i += LANES) {
      LongVector both = IntVector.fromArray(INTS, pairs, from + i).reinterpretAsLongs();
      IntVector bias = both.add(both.lanewise(LSHR, 32)).reinterpretAsInts().mul(-ByteLayout.BIAS);
      bias.add(0x8000).and(0xffff).or(bias.lanewise(LSHL, 16)).intoArray(biases, to + i);
    }
  }
}
