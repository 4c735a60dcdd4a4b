package dev.opml.vm.kernel;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.arithmetic.Exponential;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
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
  /** Bytes that packed matrices are aligned to. */
  long ALIGNMENT = 64;

  /**
   * Kernels that take matrices and caches of these, and are faster in a JVM that has just started:
   * it takes long to compile vector kernels, and they are slow until then. Others start with
   * themselves.
   *
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine computes anything
   *     else than docs/numerics.md says
   */
  default Kernels starting() {
    return this;
  }

  /** The exponential function of all operators. */
  static float exp(float x) {
    return Exponential.exp(x);
  }

  /** What is used, for logs: "scalar", "vector, 512 bits". */
  String name();

  /** Name and version of the layout that {@link #pack} writes. */
  String layout();

  /** Bytes that a matrix takes when packed; 0 if the file's own layout is used. */
  long packedBytes(FileMatrix matrix);

  /** Number of parts that a matrix is packed in, each on its own. */
  int packedParts(FileMatrix matrix);

  /**
   * Packs one part of a matrix.
   *
   * @param matrix the matrix
   * @param part number of the part, from 0
   * @param packed where to: zeroed memory of {@link #packedBytes} for all parts, aligned to {@value
   *     #ALIGNMENT} bytes
   */
  void pack(FileMatrix matrix, int part, MemorySegment packed);

  /**
   * Makes a matrix ready for products.
   *
   * @param matrix the matrix
   * @param packed its packed bytes; must stay valid as long as the result is used
   */
  WeightMatrix matrix(FileMatrix matrix, MemorySegment packed);

  /** Packs a matrix into memory of an arena and makes it ready for products. */
  default WeightMatrix matrix(FileMatrix matrix, Arena arena) {
    MemorySegment packed = arena.allocate(packedBytes(matrix), ALIGNMENT);
    for (int part = 0; part < packedParts(matrix); part++) {
      pack(matrix, part, packed);
    }
    return matrix(matrix, packed);
  }

  /**
   * Fills what matrices that these kernels made need of some blocks of all vectors.
   *
   * @param x the vectors
   * @param block elements of a block: 32 or 256
   * @param from first block of a vector
   * @param to block after the last
   */
  void quantize(Activations x, int block, int from, int to);

  /** Fills what matrices need of all vectors. */
  default void quantize(Activations x) {
    for (int block : Activations.BLOCKS) {
      if (x.isNeeded(block)) {
        quantize(x, block, 0, x.length() / block);
      }
    }
  }

  /** Writes row {@code row} of a matrix as floats. */
  void dequantize(
      GgmlType type, MemorySegment data, long row, int columns, float[] out, int outOffset);

  /** {@code out = x / rms(x) * weight} over {@code n} elements. */
  void rmsNorm(
      float[] x, int xOffset, float[] weight, int n, float eps, float[] out, int outOffset);

  /** {@code out = a + b} over {@code n} elements. */
  void add(float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n);

  /** {@code x = x / (1 + exp(-x))} over {@code n} elements. */
  void silu(float[] x, int offset, int n);

  /** The approximation of GELU by tanh over {@code n} elements, in place. */
  void gelu(float[] x, int offset, int n);

  /** {@code x = cap * tanh(x / cap)} over {@code n} elements. */
  void softCap(float[] x, int offset, int n, float cap);

  /** Makes every NaN among {@code n} elements canonical. */
  void canonicalize(float[] x, int offset, int n);

  /**
   * A cache for the KV rows of one layer and the positions from 0 to {@code positions}, exclusive.
   */
  KvCache cache(KvLayout layout, int positions);

  /** Bytes of the heap that such a cache takes. */
  long cacheBytes(KvLayout layout, int positions);

  /**
   * Attention of a few query heads.
   *
   * @param cache a cache that these kernels made
   * @param kvHead key/value head
   * @param block the queries
   * @param scoring how scores are made
   * @param scratch overwritten; for each of {@link QueryBlock#MOST} queries at least as many
   *     elements as positions, rounded up to a multiple of 64
   */
  void attend(KvCache cache, int kvHead, QueryBlock block, Scoring scoring, float[] scratch);
}
