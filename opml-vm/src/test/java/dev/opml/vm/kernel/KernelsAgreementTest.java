package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector kernels compute what the scalar reference computes, bit for bit. */
class KernelsAgreementTest {
  @Test
  void fastest_withTheIncubatorModule_areVectorKernels() {
    assertInstanceOf(VectorKernels.class, Kernels.fastest());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void results_ofScalarAndVectorKernels_areEqual(long seed) {
    Map<String, float[]> expected = KernelBattery.run(Kernels.scalar(), seed);
    Map<String, float[]> actual = KernelBattery.run(Kernels.fastest(), seed);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertBits(values, actual.get(name), name));
  }

  private static void assertBits(float[] expected, float[] actual, String name) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Integer.toHexString(Float.floatToRawIntBits(expected[i])),
          Integer.toHexString(Float.floatToRawIntBits(actual[i])),
          name + ", element " + i + " of " + Arrays.toString(actual));
    }
  }
}
