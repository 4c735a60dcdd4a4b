package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExponentialTest {
  /** A prime: samples hit all kinds of bit patterns. */
  private static final int STEP = 4001;

  @Test
  void exp_overItsRange_isWithinOneUlp() {
    double worst = 0;
    for (long bits = 0; bits < 1L << 32; bits += STEP) {
      float x = Float.intBitsToFloat((int) bits);
      if (x >= Exponential.LOWEST && x <= Exponential.HIGHEST) {
        double exact = StrictMath.exp(x);
        double error = Math.abs(Exponential.exp(x) - exact) / Math.ulp((float) exact);
        worst = Math.max(worst, error);
      }
    }
    assertTrue(worst < 0.993, "worst error in ulp: " + worst);
  }

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
