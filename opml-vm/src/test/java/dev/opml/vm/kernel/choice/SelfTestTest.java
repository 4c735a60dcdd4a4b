package dev.opml.vm.kernel.choice;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.UnfaithfulArithmeticException;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelfTestTest {
  @Test
  void passed_ofGoodKernels_areThose() {
    assertSame(KernelChoice.fastest(), SelfTest.passed(KernelChoice.fastest()));
    assertSame(ScalarKernels.INSTANCE, SelfTest.passed(ScalarKernels.INSTANCE));
  }

  @Test
  void passed_ofFaultyKernels_neverAre() {
    Kernels faulty = new Faulty("a sum");
    for (int i = 0; i < 2; i++) {
      assertThrows(UnfaithfulArithmeticException.class, () -> SelfTest.passed(faulty));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a sum",
        "SiLU",
        "GELU",
        "a soft cap",
        "a norm",
        "a canonical NaN",
        "attention",
        "attention with a window and a cap"
      })
  void check_kernelsThatFlushOneResult_namesTheOperator(String operator) {
    assertNamed(operator, new Faulty(operator));
  }

  @ParameterizedTest
  @EnumSource
  void check_kernelsWrongInOneFormat_namesIt(GgmlType type) {
    assertNamed("a " + type + " product", new Faulty("a " + type + " product"));
    assertNamed("a " + type + " row", new Faulty("a " + type + " row"));
  }

  @Test
  void check_kernelsThatFuse_namesTheProduct() {
    assertNamed(
        "a F32 product",
        new ScalarKernels() {
          @Override
          public WeightMatrix matrix(FileMatrix matrix, MemorySegment packed) {
            return matrix.type() == GgmlType.F32
                ? new FusedMatrix(matrix.data(), matrix.columns())
                : super.matrix(matrix, packed);
          }
        });
  }

  @Test
  void check_kernelsThatFlushInTheCache_namesAttention() {
    assertNamed(
        "attention",
        new ScalarKernels() {
          @Override
          public KvCache cache(KvLayout layout, int positions) {
            return new KvCache(layout, positions) {
              @Override
              public void storeKey(int position, int head, float[] k, int kAt) {
                float[] flushed = k.clone();
                for (int i = 0; i < k.length; i++) {
                  flushed[i] = Math.abs(k[i]) < 0x1p-14f ? 0 : k[i];
                }
                super.storeKey(position, head, flushed, kAt);
              }
            };
          }
        });
  }

  private static void assertNamed(String probe, Kernels kernels) {
    UnfaithfulArithmeticException e =
        assertThrows(UnfaithfulArithmeticException.class, () -> SelfTest.check(kernels));
    assertTrue(e.check().contains(" of " + probe + " "), e::getMessage);
    assertNotEquals(e.expectedBits(), e.actualBits());
  }

  /** Native code can do this to a thread: {@code fesetenv}, or a library built for speed. */
  @ParameterizedTest(name = "MXCSR bits 0x{0}")
  @CsvSource({
    "8000, 2^-126 * 0.5", // subnormal results are flushed to zero
    "0040, 2^-149 + 2^-149", // subnormal operands are zero
    "2000, (1 + 2^-23) + 2^-24", // rounds down
    "4000, 1 + 2^-24", // rounds up
    "6000, (1 + 2^-23) + 2^-24", // rounds towards zero
  })
  void check_inAnotherFloatingPointMode_namesWhatIsWrong(String mode, String check)
      throws Throwable {
    FloatingPointMode.assumeKnown();
    int bits = Integer.parseInt(mode, 16);
    UnfaithfulArithmeticException e =
        FloatingPointMode.with(
            bits,
            () ->
                assertThrows(
                    UnfaithfulArithmeticException.class,
                    () -> SelfTest.check(ScalarKernels.INSTANCE)));
    assertEquals(check, e.check(), e::getMessage);
    assertDoesNotThrow(() -> SelfTest.check(ScalarKernels.INSTANCE));
  }
}
