package dev.opml.vm.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.kernel.arithmetic.Exponential;
import org.junit.jupiter.api.Test;

class VectorArraysTest {
  /** A prime: samples hit all kinds of bit patterns. */
  private static final int STEP = 4001;

  @Test
  void exp_onVectors_isThatOnNumbers() {
    int n = 1 << 12;
    float[] x = new float[n];
    long bits = 0;
    while (bits < 1L << 32) {
      for (int i = 0; i < n; i++, bits += STEP) {
        x[i] = Float.intBitsToFloat((int) bits);
      }
      float[] actual = x.clone();
      VectorArrays.exp(actual, 0, n);
      for (int i = 0; i < n; i++) {
        assertEquals(
            Float.floatToIntBits(Exponential.exp(x[i])),
            Float.floatToIntBits(actual[i]),
            "exp of bits " + Integer.toHexString(Float.floatToRawIntBits(x[i])));
      }
    }
  }
}
