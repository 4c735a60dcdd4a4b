package dev.opml.vm.kernel.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import dev.opml.vm.kernel.arithmetic.Curves;
import dev.opml.vm.kernel.arithmetic.Exponential;
import dev.opml.vm.kernel.arithmetic.LaneSum;
import dev.opml.vm.kernel.width.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementwise loops over float arrays, and the two reductions whose order is fixed or does not
 * matter. Every loop ends with a scalar tail that computes the same bits.
 */
final class VectorArrays {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = VectorWidth.LANES;

  private VectorArrays() {}

  /** {@code x = exp(x)} as {@link Exponential#exp}. */
  static void exp(float[] x, int offset, int n) {
    int end = offset + n - n % LANES;
    for (int i = offset; i < end; i += LANES) {
      exp(FloatVector.fromArray(FLOATS, x, i)).intoArray(x, i);
    }
    for (int i = end; i < offset + n; i++) {
      x[i] = Exponential.exp(x[i]);
    }
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector rounder = FloatVector.broadcast(FLOATS, Exponential.ROUNDER);
    FloatVector rounded = x.mul(Exponential.LOG2_E).add(rounder);
    FloatVector m = rounded.sub(rounder);
    FloatVector r = x.sub(m.mul(Exponential.LN2_HIGH)).sub(m.mul(Exponential.LN2_LOW));
    FloatVector q =
        r.mul(Exponential.C6)
            .add(Exponential.C5)
            .mul(r)
            .add(Exponential.C4)
            .mul(r)
            .add(Exponential.C3)
            .mul(r)
            .add(Exponential.C2);
    FloatVector power =
        rounded
            .reinterpretAsInts()
            .add(Exponential.EXPONENT_BIAS - Exponential.ROUNDER_BITS)
            .lanewise(LSHL, Exponential.EXPONENT_SHIFT)
            .reinterpretAsFloats();
    return q.mul(r)
        .mul(r)
        .add(r)
        .add(1f)
        .mul(power)
        .blend(Float.POSITIVE_INFINITY, x.compare(GT, Exponential.HIGHEST))
        .blend(0f, x.compare(LT, Exponential.LOWEST));
  }

  /** {@code out = a + b}, NaNs canonical. */
  static void add(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    int whole = n - n % LANES;
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector sum =
          FloatVector.fromArray(FLOATS, a, aOffset + i)
              .add(FloatVector.fromArray(FLOATS, b, bOffset + i));
      sum.blend(nan, sum.test(IS_NAN)).intoArray(out, outOffset + i);
    }
    for (int i = whole; i < n; i++) {
      out[outOffset + i] = Curves.canonical(a[aOffset + i] + b[bOffset + i]);
    }
  }

  /** {@link Curves#silu}, in place. */
  static void silu(float[] x, int offset, int n) {
    int end = offset + n - n % LANES;
    for (int i = offset; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      v.div(exp(v.neg()).add(1f)).intoArray(x, i);
    }
    for (int i = end; i < offset + n; i++) {
      x[i] = Curves.silu(x[i]);
    }
  }

  /** {@link Curves#gelu}, in place. */
  static void gelu(float[] x, int offset, int n) {
    int end = offset + n - n % LANES;
    for (int i = offset; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector t = v.mul(v.mul(v).mul(Curves.GELU_CUBIC).add(Curves.GELU_LINEAR));
      v.div(exp(t.neg()).add(1f)).intoArray(x, i);
    }
    for (int i = end; i < offset + n; i++) {
      x[i] = Curves.gelu(x[i]);
    }
  }

  /** {@link Curves#softCap}, in place. */
  static void softCap(float[] x, int offset, int n, float cap) {
    int end = offset + n - n % LANES;
    for (int i = offset; i < end; i += LANES) {
      tanh(FloatVector.fromArray(FLOATS, x, i).div(cap)).mul(cap).intoArray(x, i);
    }
    for (int i = end; i < offset + n; i++) {
      x[i] = Curves.softCap(x[i], cap);
    }
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector z = x.mul(x);
    FloatVector small = z.mul(Curves.TANH_5).add(Curves.TANH_3).mul(z).add(1f).mul(x);
    FloatVector y = FloatVector.broadcast(FLOATS, 2).div(exp(a.add(a)).add(1f)).neg().add(1f);
    return y.blend(y.neg(), x.compare(LT, 0)).blend(small, a.compare(LT, Curves.TANH_SMALL));
  }

  /** {@code out = x * r * weight}, NaNs canonical. */
  static void scale(
      float[] x, int xOffset, float r, float[] weight, int n, float[] out, int outOffset) {
    int whole = n - n % LANES;
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    FloatVector factor = FloatVector.broadcast(FLOATS, r);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector y =
          FloatVector.fromArray(FLOATS, x, xOffset + i)
              .mul(factor)
              .mul(FloatVector.fromArray(FLOATS, weight, i));
      y.blend(nan, y.test(IS_NAN)).intoArray(out, outOffset + i);
    }
    for (int i = whole; i < n; i++) {
      out[outOffset + i] = Curves.canonical((x[xOffset + i] * r) * weight[i]);
    }
  }

  /** Makes NaNs canonical. */
  static void canonicalize(float[] x, int offset, int n) {
    int end = offset + n - n % LANES;
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    for (int i = offset; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      v.blend(nan, v.test(IS_NAN)).intoArray(x, i);
    }
    for (int i = end; i < offset + n; i++) {
      x[i] = Curves.canonical(x[i]);
    }
  }

  /** Largest element, NaN if one is NaN. The order of a maximum does not matter. */
  static float max(float[] x, int offset, int n) {
    int whole = n - n % LANES;
    FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < whole; i += LANES) {
      largest = largest.max(FloatVector.fromArray(FLOATS, x, offset + i));
    }
    float result = largest.reduceLanes(MAX);
    for (int i = whole; i < n; i++) {
      result = Math.max(result, x[offset + i]);
    }
    return result;
  }

  /** {@code x = x - y} for a number y. */
  static void subtract(float[] x, int offset, int n, float y) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = x[i] - y;
    }
  }

  /**
   * {@link LaneSum#sum} of {@code n} elements. Each pass adds up the virtual lanes that one vector
   * holds.
   */
  static float sum(float[] x, int offset, int n) {
    int whole = n - n % LaneSum.LANES;
    float[] lanes = new float[LaneSum.LANES];
    for (int lane = 0; lane < LaneSum.LANES; lane += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = lane; i < whole; i += LaneSum.LANES) {
        sum = sum.add(FloatVector.fromArray(FLOATS, x, offset + i));
      }
      sum.intoArray(lanes, lane);
    }
    for (int i = whole; i < n; i++) {
      lanes[i - whole] += x[offset + i];
    }
    return LaneSum.fold(lanes);
  }

  /** {@link LaneSum#sumOfSquares} in the same way. */
  static float sumOfSquares(float[] x, int offset, int n) {
    int whole = n - n % LaneSum.LANES;
    float[] lanes = new float[LaneSum.LANES];
    for (int lane = 0; lane < LaneSum.LANES; lane += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = lane; i < whole; i += LaneSum.LANES) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, offset + i);
        sum = sum.add(v.mul(v));
      }
      sum.intoArray(lanes, lane);
    }
    for (int i = whole; i < n; i++) {
      float v = x[offset + i];
      lanes[i - whole] += v * v;
    }
    return LaneSum.fold(lanes);
  }
}
