package dev.opml.vm.kernel.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import dev.opml.vm.kernel.vector.VectorKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All kernels compute what the reference computes, bit for bit. */
class KernelsAgreementTest {
  @Test
  void fastest_withTheIncubatorModule_areVectorKernels() {
    assertInstanceOf(VectorKernels.class, KernelChoice.fastest());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void results_ofAllKernels_areThoseOfTheReference(long seed) {
    Map<String, float[]> expected = KernelBattery.run(ScalarKernels.INSTANCE, seed);
    for (Kernels kernels : List.of(KernelChoice.scalar(), KernelChoice.fastest())) {
      Map<String, float[]> actual = KernelBattery.run(kernels, seed);
      assertEquals(expected.keySet(), actual.keySet());
      expected.forEach(
          (name, values) -> assertBits(values, actual.get(name), kernels.name() + ": " + name));
    }
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
