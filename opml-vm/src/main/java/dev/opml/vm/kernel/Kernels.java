package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of the operators. Every implementation computes the same bits (docs/numerics.md):
 * what differs is speed. Implementations are immutable and thread-safe; arrays belong to the
 * caller.
 *
 * <p>Results that go to persistent memory have every NaN as 0x7fc00000, the bits of {@link
 * Float#NaN}.
 */
public interface Kernels {
  /**
   * The fastest kernels that this JVM can run: vector kernels where the incubator module is
   * present, else scalar ones.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine computes anything
   *     else than docs/numerics.md says
   */
  static Kernels fastest() {
    return KernelChoice.fastest();
  }

  /**
   * The scalar reference kernels.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException as {@link #fastest}
   */
  static Kernels scalar() {
    return SelfTest.passed(ScalarKernels.INSTANCE);
  }

  /** The exponential function of all operators. */
  static float exp(float x) {
    return Exponential.exp(x);
  }

  /** What is used, for logs: "scalar", "vector, 512 bits". */
  String name();

  /**
   * Makes a matrix ready for products. May copy it into a layout of its own.
   *
   * @param type format
   * @param data row 0 and all that follow, as the file has them; must stay valid as long as the
   *     matrix
   * @param rows number of rows
   * @param columns elements of a row, whole blocks of the format
   * @param arena owns what is copied; must stay open as long as the matrix is used
   */
  WeightMatrix matrix(GgmlType type, MemorySegment data, int rows, int columns, Arena arena);

  /** Fills the int8 form of vector {@code vector} for an activation block of 32 or 256. */
  void quantize(Activations x, int vector, int block);

  /** Writes row {@code row} of a matrix as floats. */
  void dequantize(
      GgmlType type, MemorySegment data, long row, int columns, float[] out, int outOffset);

  /** {@code out = x / rms(x) * weight} over {@code n} elements. */
  void rmsNorm(
      float[] x, int xOffset, float[] weight, int n, float eps, float[] out, int outOffset);

  /** {@code out = a + b} over {@code n} elements. */
  void add(float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n);

  /**
   * {@code out = gate / (1 + exp(-gate)) * up} over {@code n} elements. {@code gate} is
   * overwritten.
   */
  void siluTimes(
      float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int n);

  /** Makes every NaN among {@code n} elements canonical. */
  void canonicalize(float[] x, int offset, int n);

  /**
   * A cache for the KV rows of one layer and the positions from 0 to {@code positions}, exclusive.
   */
  KvCache cache(KvLayout layout, int positions);

  /**
   * Attention of one query head over positions 0 to {@code positions}, exclusive.
   *
   * @param cache a cache that these kernels made
   * @param kvHead key/value head
   * @param positions number of positions, at least 1
   * @param query array with the query
   * @param queryOffset index of its first element
   * @param scale what scores are multiplied by
   * @param scratch overwritten; at least {@code positions} rounded up to a multiple of 64 elements
   * @param out where the head's result goes
   * @param outOffset index of its first element
   */
  void attend(
      KvCache cache,
      int kvHead,
      int positions,
      float[] query,
      int queryOffset,
      float scale,
      float[] scratch,
      float[] out,
      int outOffset);
}
