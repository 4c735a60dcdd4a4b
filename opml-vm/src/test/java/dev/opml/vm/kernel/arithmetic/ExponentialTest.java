package dev.opml.vm.kernel.arithmetic;

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
}
