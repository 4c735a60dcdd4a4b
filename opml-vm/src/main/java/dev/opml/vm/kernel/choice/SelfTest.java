package dev.opml.vm.kernel.choice;

import dev.opml.api.inference.UnfaithfulArithmeticException;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What must hold before kernels may compute anything that somebody stakes money on: this thread's
 * scalar arithmetic keeps subnormals and rounds every operation to nearest even, and the kernels
 * compute what they always compute on a small probe of every operator and format.
 *
 * <p>It adds at least 60 ms to the second that a cold JVM takes for its first tokens: the first
 * vector operations are interpreted. So it does not see compiled code, which is for the tests.
 */
final class SelfTest {
  /** {@link #hash} of the scalar kernels' results, on every machine. */
  private static final int PROBE_HASH = 0x14e2f111;

  private static final float[] OPERANDS = {
    Float.MIN_VALUE, Float.MIN_NORMAL, 0.5f, 1, 0x1p-24f, 0x1.8p-24f, 0x1.000002p0f, 0x1.001p0f,
  };

  private static final Set<Kernels> PASSED = ConcurrentHashMap.newKeySet();

  private SelfTest() {}

  /**
   * The same kernels, if they pass; tried once.
   *
   * @throws UnfaithfulArithmeticException if they do not
   */
  static Kernels passed(Kernels kernels) {
    if (!PASSED.contains(kernels)) {
      check(kernels);
      PASSED.add(kernels);
    }
    return kernels;
  }

  /**
   * Tries scalar arithmetic, then the kernels.
   *
   * @throws UnfaithfulArithmeticException naming the first thing that is wrong
   */
  static void check(Kernels kernels) {
    scalarArithmetic();
    Map<String, float[]> expected = KernelProbe.run(ScalarKernels.INSTANCE);
    require("the hash of the scalar kernels' results", PROBE_HASH, hash(expected));
    compare(kernels.name(), expected, KernelProbe.run(kernels));
  }

  /** Operands come from an array, or the compiler would compute the results. */
  private static void scalarArithmetic() {
    float smallest = OPERANDS[0];
    float normal = OPERANDS[1];
    float half = OPERANDS[2];
    float one = OPERANDS[3];
    float halfUlp = OPERANDS[4];
    float overHalfUlp = OPERANDS[5];
    float odd = OPERANDS[6];
    float factor = OPERANDS[7];
    require("2^-126 * 0.5", 0x00400000, normal * half);
    require("2^-126 / 2", 0x00400000, normal / (one + one));
    require("2^-149 + 2^-149", 2, smallest + smallest);
    require("2^-149 / 2^-126", 0x34000000, smallest / normal);
    require("the root of 2^-148", 0x1a800000, (float) Math.sqrt(smallest + smallest));
    require("1 + 2^-24", 0x3f800000, one + halfUlp);
    require("(1 + 2^-23) + 2^-24", 0x3f800002, odd + halfUlp);
    require("1 + 1.5 * 2^-24", 0x3f800001, one + overHalfUlp);
    require("-1 - 1.5 * 2^-24", 0xbf800001, -one - overHalfUlp);
    require("(1 + 2^-12)^2 - (1 + 2^-11)", 0, factor * factor - (factor + factor - one));
  }

  private static void require(String check, int expected, float actual) {
    require(check, expected, Float.floatToRawIntBits(actual));
  }

  private static void require(String check, int expected, int actual) {
    if (expected != actual) {
      throw new UnfaithfulArithmeticException(check, expected, actual);
    }
  }

  private static void compare(
      String kernels, Map<String, float[]> expected, Map<String, float[]> actual) {
    expected.forEach((probe, values) -> {
      float[] others = actual.getOrDefault(probe, values);
      for (int i = 0; i < values.length; i++) {
        int bits = Float.floatToRawIntBits(values[i]);
        if (bits != Float.floatToRawIntBits(others[i])) {
          require("element %d of %s (%s kernels)".formatted(i, probe, kernels), bits, others[i]);
        }
      }
    });
  }

  private static int hash(Map<String, float[]> results) {
    int hash = 0;
    for (float[] values : results.values()) {
      for (float value : values) {
        hash = 31 * hash + Float.floatToRawIntBits(value);
      }
    }
    return hash;
  }
}
